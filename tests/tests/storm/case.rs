//! One storm from its first moment to the end of all tasks.

use std::time::Duration;

use decree_runtime::{Client, Role};
use decree_tests::pipe::over_pipe;
use tokio::{
    runtime::{Builder, Handle},
    time::{Instant, sleep, sleep_until},
};

use super::{
    act::{Act, Schedule},
    readers::Readers,
    world::World,
};

/// Some virtual seconds in which everything ends when nobody reads any more.
const END: Duration = Duration::from_secs(8);

/// Runs a storm; says what went wrong that must not.
pub(crate) fn run(schedule: &Schedule) -> Result<(), String> {
    // The jitter of the client comes from this thread.
    fastrand::seed(schedule.seed);
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(weather(schedule))
}

async fn weather(schedule: &Schedule) -> Result<(), String> {
    let mut world = World::new(schedule.limited).await;
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let client = client(&world);
    let mut readers = Readers::new(client.clone(), world.known.clone(), schedule.blind).await;
    let start = Instant::now();
    for (gap, act) in &schedule.acts {
        let next = Instant::now() + Duration::from_millis((*gap).into());
        world.wait(next).await;
        readers.admit();
        match act {
            Act::Join => readers.join(),
            Act::JoinAnyhow => readers.join_anyhow(),
            _ => {}
        }
        world.act(*act, &client).await;
        unviolated(&world, "in the storm")?;
    }
    world.calm().await;
    let calm = Instant::now();
    sober(&world, schedule, calm - start)?;

    agree(&world, &mut readers, world.bound(), "after the storm").await?;
    // What hung, or what nobody describes, may still be found out. After that it stays.
    sleep_until(calm + world.bound()).await;
    for _ in 0..20 {
        sleep(Duration::from_secs(1)).await;
        agree(&world, &mut readers, Duration::ZERO, "later").await?;
    }
    // A stream that nobody hears is found out by the first change, and the next one comes by it. No
    // storm writes these two values.
    world.act(Act::Set(98), &client).await;
    agree(
        &world,
        &mut readers,
        Duration::from_secs(45),
        "the first change",
    )
    .await?;
    sleep(Duration::from_secs(10)).await;
    world.act(Act::Set(99), &client).await;
    agree(
        &world,
        &mut readers,
        Duration::from_secs(2),
        "the second change",
    )
    .await?;

    readers.leave().await;
    drop(client);
    let end = Instant::now();
    let left = || {
        let server = &world.server;
        let (streams, connections) = (server.subscribers(), server.connections());
        let tasks = tasks().saturating_sub(before);
        (streams + connections + tasks > 0).then(|| {
            format!("{streams} streams, {connections} connections and {tasks} tasks are left")
        })
    };
    while let Some(left) = left() {
        if end.elapsed() > END {
            return Err(left);
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn client(world: &World) -> Client {
    let client = over_pipe(&world.server).subject("storm").role(Role::Admin);
    client.build().expect("sound options")
}

fn unviolated(world: &World, when: &str) -> Result<(), String> {
    world
        .known
        .violation()
        .map_or(Ok(()), |violation| Err(format!("{when}: {violation}")))
}

/// Whether calls came no more often than there was reason to.
fn sober(world: &World, schedule: &Schedule, elapsed: Duration) -> Result<(), String> {
    let acts = schedule.acts.len() as u64;
    let seconds = elapsed.as_secs();
    for (method, most) in [
        ("Subscribe", 10 + 3 * acts + seconds / 2),
        ("ListVersions", 10 + 4 * acts + seconds),
        ("GetConfig", 20 + 25 * acts + 2 * seconds),
    ] {
        let calls = world.server.calls(method);
        if calls > most {
            return Err(format!(
                "{calls} calls of {method} in {seconds} s of {acts} acts"
            ));
        }
    }
    Ok(())
}

/// Waits until everybody sees what the server has.
async fn agree(
    world: &World,
    readers: &mut Readers,
    within: Duration,
    when: &str,
) -> Result<(), String> {
    let start = Instant::now();
    let truth = world.truth();
    loop {
        unviolated(world, when)?;
        readers.admit();
        let Some(differ) = readers.differ(&truth) else {
            return Ok(());
        };
        if start.elapsed() >= within {
            return Err(format!(
                "{when}, {within:?} were not enough for {truth:?}:\n{differ}"
            ));
        }
        sleep(Duration::from_millis(100)).await;
    }
}
