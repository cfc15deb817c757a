//! The Redis store behind real sentinels.

use std::sync::Arc;
use std::time::Duration;

use selfsame::store::conformance;
use selfsame::store::redis::Redis;
use selfsame_tests::redis_sentinels::RedisSentinels;

/// Longer than the default: what is asserted is what happened, on a machine that may be busy.
const DEADLINE: Duration = Duration::from_secs(2);

fn store(url: &str) -> Redis {
    Redis::with_deadline(url, DEADLINE).expect("the URL makes sense")
}

#[tokio::test]
async fn a_master_that_sentinels_name_conforms() {
    let sentinels = RedisSentinels::start();
    conformance::check(|| Arc::new(store(&sentinels.url())), "sentinel").await;
}
