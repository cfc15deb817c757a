use std::sync::Mutex;

static RATE: Mutex<u32> = Mutex::new(3);

fn rate() -> u32 {
    *RATE.lock().unwrap()
}

/// @cache
pub fn price(amount: u32) -> u32 {
    amount * rate()
}

/// @cache(allow("mutable_state"))
pub fn allowed(amount: u32) -> u32 {
    amount * rate()
}
