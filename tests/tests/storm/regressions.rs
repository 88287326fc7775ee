//! Storms that the watch did not weather once.

use super::{
    act::{Act::*, Lag::*, Method::*, Nonsense::*, Shape::*},
    blind_storm, storm,
};

#[test]
fn the_stream_of_a_tenant_that_was_replaced() {
    storm(
        0,
        false,
        &[
            (11_015, Set(0)),
            (3_709, Set(0)),
            (20_461, Delay(1, 6_116)),
            (17_944, Set(0)),
            (0, Replace),
        ],
    );
}

#[test]
fn reads_and_probes_of_two_replicas() {
    storm(
        0,
        false,
        &[
            (0, Alternating(Millis(2_846))),
            (0, Set(0)),
            (51, Own(0)),
            (1_350, Set(0)),
        ],
    );
}

#[test]
fn a_value_of_an_unknown_kind() {
    storm(
        0,
        false,
        &[
            (0, Set(0)),
            (0, BadAnswers(GetConfig, 1, NoKind)),
            (0, Set(0)),
            (1, Set(0)),
        ],
    );
}

#[test]
fn a_secret_that_came_while_the_tenant_was_away() {
    storm(
        33_324,
        false,
        &[
            (37_579, Set(0)),
            (12_000, Rename),
            (10_488, Set(0)),
            (87, Schema(Secret)),
            (0, Usurp),
            (4_522, Set(0)),
        ],
    );
}

#[test]
fn a_version_that_never_was() {
    storm(
        0,
        false,
        &[(5_000, BadEvents(1, Version(i32::MAX))), (0, Set(1))],
    );
}

#[test]
fn a_server_that_says_once_that_it_describes_no_tenants() {
    storm(
        0,
        false,
        &[
            (0, Fail(GetTenant, 1, 12)),
            (0, Schema(Typed)),
            (31_254, Set(0)),
        ],
    );
}

#[test]
fn who_begins_with_a_tenant_that_took_the_name() {
    storm(
        0,
        false,
        &[
            (0, Rename),
            (0, Usurp),
            (0, Set(0)),
            (0, Set(0)),
            (0, Set(0)),
            (0, Join),
            (1, Set(0)),
        ],
    );
}

/// A rollback, first shown with the rows of the version before it.
#[test]
fn a_rollback_under_a_late_replica() {
    storm(
        0,
        false,
        &[
            (4720, Note(Some(0))),
            (4849, Set(0)),
            (6000, Set(0)),
            (4287, Set(0)),
            (1677, Set(0)),
            (5791, Delay(1, 4584)),
            (0, Set(1)),
            (3108, Mislabelled(1, Versions(1))),
            (0, Rollback(1)),
            (1477, Drop(1)),
        ],
    );
}

/// The number stays, and what it shows is what an older version showed.
#[test]
fn a_version_that_was_rewritten_to_older_content() {
    storm(
        0,
        false,
        &[
            (64, Set(61)),
            (1, Set(0)),
            (0, Set(2)),
            (50, Rewrite(1, 61)),
        ],
    );
}

/// Whatever answers first is the first, and no restart.
#[test]
fn a_watch_that_begins_without_an_answer_while_the_name_changes_hands() {
    blind_storm(
        0,
        false,
        &[
            (0, Hang(GetConfig, 2)),
            (0, Rename),
            (0, Usurp),
            (3_000, JoinAnyhow),
            (6_000, Return),
            (0, Set(3)),
            (40_000, Lose(1)),
        ],
    );
}

/// The first answer is garbage, and the next one is not.
#[test]
fn an_answer_of_a_version_below_the_first() {
    storm(
        0,
        false,
        &[
            (0, Bad),
            (1, BadAnswers(GetConfig, 0, Version(i32::MIN))),
            (0, Rollback(1)),
            (0, Join),
            (1, Set(0)),
        ],
    );
}

#[test]
fn a_write_of_its_own_while_nobody_describes_the_tenant() {
    storm(
        2_254,
        false,
        &[
            (0, Set(0)),
            (29_850, Set(0)),
            (607, Join),
            (2_897, Rewrite(1, 0)),
            (9_699, Set(0)),
            (1_639, Fail(GetConfig, 1, 1)),
            (2_951, Note(Some(0))),
            (0, Note(Some(0))),
            (210, Note(Some(0))),
            (224, Note(Some(0))),
            (0, Note(Some(0))),
            (3_882, Hang(GetTenant, 1)),
            (4_456, Own(1)),
            (5_932, Rollback(1)),
            (62, Calm),
        ],
    );
}

/// Who begins before a restart is noticed is told of it, too.
#[test]
fn who_begins_without_an_answer_after_versions_were_lost() {
    storm(
        0,
        false,
        &[
            (0, Set(0)),
            (0, Set(0)),
            (0, Note(Some(0))),
            (0, Set(0)),
            (1_368, Lose(3)),
            (1_349, Bad),
            (0, JoinAnyhow),
            (29_619, Set(0)),
        ],
    );
}
