//! A ministry whose seat passes to two others, as it did on 21 October 2024.

use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};

use super::{
    RNI, app, assert_reads_until, assert_sees, assert_shut_out, assert_writes, assert_writes_nothing, at,
    create, find, follow,
};
use crate::support::Backend;

crate::both!(a_ministry_passes_its_seat_on, a_ministry_keeps_its_seat_under_a_new_name);

async fn a_ministry_passes_its_seat_on(backend: Backend) {
    let app = app(backend).await;
    let ministry = find(&app, "KEMENKOPUKM").await;
    let parts = [("KEMENKOP", Stewardship::Koperasi), ("KEMENUMKM", Stewardship::OtherThanKoperasi)];
    for (code, part) in parts {
        let by = create(&app.app.access, code, Role::Kemenkopukm).await;
        follow(&app.app.access, SuccessionKind::Split, ministry, by, part, "2024-10-21").await;
    }
    let (seat, one) = ("KEMENKOPUKM", "KEMENKOPUKM:KEMENKOPUKM");
    at(&app, "2024-10-20T23:59:59.999999+07:00");
    assert_sees(&app, one, None).await;
    assert_reads_until(&app, one, None).await;
    assert_writes(&app, one, seat, None).await;
    for (code, _) in parts {
        assert_shut_out(&app, &format!("KEMENKOPUKM:{code}"), seat, None).await;
    }
    at(&app, "2024-10-21T00:00:00+07:00");
    for (code, _) in parts {
        let who = format!("KEMENKOPUKM:{code}");
        assert_sees(&app, &who, None).await;
        assert_reads_until(&app, &who, None).await;
        assert_writes(&app, &who, seat, None).await;
    }
    for moment in ["2024-10-21T00:00:00+07:00", "2025-01-18T23:59:59.999999+07:00"] {
        at(&app, moment);
        assert_sees(&app, one, None).await;
        assert_reads_until(&app, one, Some("2025-01-18")).await;
        app.sql("UPDATE milestone SET status = 'SCHEDULED' WHERE reporter = 'KEMENKOPUKM'").await;
        assert_writes_nothing(&app, one, seat, None).await;
    }
    at(&app, "2025-01-19T00:00:00+07:00");
    assert_shut_out(&app, one, seat, None).await;
    for (code, _) in parts {
        assert_writes(&app, &format!("KEMENKOPUKM:{code}"), seat, None).await;
    }
    // Nobody else has noticed.
    for who in ["KEMENPERIN:KEMENPERIN", "KEMENBUMN:KEMENBUMN", "AUDITOR"] {
        assert_sees(&app, who, None).await;
        assert_reads_until(&app, who, None).await;
    }
    assert_sees(&app, "BUMN:RNI", RNI).await;
}

async fn a_ministry_keeps_its_seat_under_a_new_name(backend: Backend) {
    let app = app(backend).await;
    let ministry = find(&app, "KEMENKOPUKM").await;
    let (access, kind) = (&app.app.access, SuccessionKind::Rename);
    follow(access, kind, ministry, ministry, Stewardship::All, "2024-10-21").await;
    for moment in ["2024-10-20T23:59:59+07:00", "2024-10-21T00:00:00+07:00", "2025-02-01T00:00:00+07:00"] {
        at(&app, moment);
        assert_reads_until(&app, "KEMENKOPUKM:KEMENKOPUKM", None).await;
        assert_sees(&app, "KEMENKOPUKM:KEMENKOPUKM", None).await;
        assert_writes(&app, "KEMENKOPUKM:KEMENKOPUKM", "KEMENKOPUKM", None).await;
    }
}
