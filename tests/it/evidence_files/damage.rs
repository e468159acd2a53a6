//! Files that are not what was recorded any more.

use axum::http::StatusCode;

use super::{findings, get, hash, piece, pieces, post, replace};
use crate::commands::{finish, kemitraan};
use crate::database::blank;
use crate::scope::rows;
use crate::support::{Backend, TestApp};

crate::both!(
    what_is_damaged_is_refused_and_found,
    whoever_has_the_true_bytes_can_put_them_back,
    the_commands_tell_what_is_damaged_and_sweep,
);

async fn what_is_damaged_is_refused_and_found(backend: Backend) {
    let app = TestApp::new(backend).await;
    assert_eq!(findings(&app).await, [""; 0], "the pilot's files are there");
    let count = rows(&app, "SELECT id FROM evidence").await.len();
    assert!(count > 20, "{count}");

    let mut some = pieces(&app).await.into_iter();
    let [(first, other), (second, none), (third, shorter)] = std::array::from_fn(|_| some.next().unwrap());
    let good = get(&app, &first, &other.0, &[]).await.bytes().to_vec();
    let mut bad = good.clone();
    bad[0] ^= 1;
    replace(&app, &other.1, Some(&bad));
    replace(&app, &none.1, None);
    replace(&app, &shorter.1, Some(b"shorter"));
    for (who, id) in [(&first, &other.0), (&second, &none.0), (&third, &shorter.0)] {
        for headers in [&[][..], &[("range", "bytes=3-4")]] {
            let answer = get(&app, who, id, headers).await;
            let refused = (answer.status, &*answer.error().0);
            assert_eq!(refused, (StatusCode::INTERNAL_SERVER_ERROR, "DAMAGED"), "{who}");
            assert_eq!(answer.header("etag"), "");
        }
    }
    // The others are read as before.
    for (who, (id, ..)) in some {
        assert_eq!(get(&app, &who, &id, &[]).await.status, StatusCode::OK, "{who}");
    }

    let found = findings(&app).await;
    assert_eq!(found.len(), 3, "{found:#?}");
    let about = |sha256: &str| {
        found.iter().find(|line| line.contains(sha256)).unwrap_or_else(|| panic!("{sha256}: {found:#?}"))
    };
    assert!(about(&other.1).ends_with(&format!("its file has the hash {}, not {}", hash(&bad), other.1)));
    assert!(about(&none.1).ends_with("is not in the store"));
    assert!(about(&shorter.1).contains(&hash(b"shorter")));
}

async fn whoever_has_the_true_bytes_can_put_them_back(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (id, sha256, _) = piece(&app, "PLN").await;
    let good = get(&app, "PLN", &id, &[]).await.bytes().to_vec();
    for bad in [Some(&b"other"[..]), None] {
        replace(&app, &sha256, bad);
        assert_eq!(get(&app, "PLN", &id, &[]).await.error().0, "DAMAGED");
        let answer = post(&app, "PLN", "a.txt", "text/plain", good.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!(get(&app, "PLN", &id, &[]).await.bytes(), good);
        assert_eq!(findings(&app).await, [""; 0]);
    }
}

async fn the_commands_tell_what_is_damaged_and_sweep(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let url = blank(&app).await;
    let folder = app.folder.join("by-command");
    let store = folder.to_str().unwrap();
    let of = |command: &[&str], with_store: bool| {
        let mut command = kemitraan(&[command, &["--database", &url]].concat());
        command.env_remove("KEMITRAAN_EVIDENCE_STORE");
        if with_store {
            command.args(["--evidence-store", store]);
        }
        let output = finish(command);
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(of(&["migrate"], false).0, 0);
    assert_eq!(of(&["seed"], true), (0, String::new()));
    let verify = ["journal", "verify", "--evidence"];
    let (status, printed) = of(&verify, true);
    assert_eq!(status, 0, "{printed}");
    let line = printed.lines().nth(1).unwrap();
    assert!(line.contains(" pieces of evidence; ") && line.ends_with(" bytes hashed"), "{printed}");
    assert!(printed.ends_with("verified: all is as it was recorded\n"), "{printed}");

    let one = std::fs::read_dir(folder.join("sha256")).unwrap().next().unwrap().unwrap().path();
    let one = std::fs::read_dir(one).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&one, b"other").unwrap();
    let (status, printed) = of(&verify, true);
    assert_eq!(status, 1, "{printed}");
    assert!(printed.starts_with("evidence ") && printed.contains(&hash(b"other")), "{printed}");
    assert!(printed.ends_with("NOT VERIFIED: 1 findings\n"), "{printed}");
    // Without the files it is as it was.
    assert_eq!(of(&["journal", "verify"], false).0, 0);

    let swept =
        (0, "removed: 0 uploads that were not attached, 0 files, 0 that had not come in whole\n".to_owned());
    assert_eq!(of(&["evidence", "sweep"], true), swept);
    if backend == Backend::Sqlite {
        // By default it lies beside the file, and nothing is there.
        let (status, printed) = of(&verify, false);
        assert_eq!(status, 1, "{printed}");
        assert!(printed.contains("is not in the store"), "{printed}");
        assert!(app.folder.join("evidence").is_dir());
    }
    // What cannot be a store is told before anything is served.
    let mut command = kemitraan(&["serve", "--database", &url, "--listen", "127.0.0.1:0"]);
    command.args([
        "--keys",
        app.folder.join("own-keys").to_str().unwrap(),
        "--evidence-store",
        one.to_str().unwrap(),
    ]);
    let output = finish(command);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("kemitraan: the store of evidence ") && said.lines().count() == 1, "{said}");
}
