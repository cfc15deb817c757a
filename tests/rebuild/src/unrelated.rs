pub fn alone() -> u32 { 1 }
