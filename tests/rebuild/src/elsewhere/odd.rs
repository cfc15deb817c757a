pub fn extra() -> u32 { 5 }
