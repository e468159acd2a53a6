use axum::body::Bytes;
use futures_util::StreamExt as _;

use super::*;

/// A store in a folder of this test alone.
struct Store {
    files: Files,
    folder: std::path::PathBuf,
}

impl Store {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("kf{}", Uuid::now_v7().simple()));
        Self { files: Files::open(&format!("file://{}", folder.display())).unwrap(), folder }
    }

    /// Puts other bytes into a file as a failing disk does: of the same size, and nothing says that it was written.
    fn rot(&self, sha256: &str, bytes: &[u8]) {
        let path = self.folder.join(KEPT).join(&sha256[..2]).join(sha256);
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, bytes, 0).unwrap();
        file.set_modified(modified).unwrap();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn read(readable: Readable, range: std::ops::Range<u64>) -> (Vec<u8>, Result<()>) {
    let mut pieces = std::pin::pin!(readable.stream(range));
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => bytes.extend(Bytes::into_iter(piece)),
            Err(error) => return (bytes, Err(error)),
        }
    }
    (bytes, Ok(()))
}

#[tokio::test]
async fn a_whole_file_that_rots_while_it_counts_as_verified_never_goes_out_whole() {
    let store = Store::new();
    let bytes = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>();
    let size = bytes.len() as u64;
    let sha256 = store.files.put(bytes.clone()).await.unwrap();
    let readable = store.files.readable(&sha256, size).await.unwrap();
    let (all, outcome) = read(readable, 0..size).await;
    assert!(outcome.is_ok() && all == bytes);
    let (part, outcome) =
        read(store.files.readable(&sha256, size).await.unwrap(), 1_048_570..2_097_160).await;
    assert!(outcome.is_ok() && part == bytes[1_048_570..2_097_160]);

    store.rot(&sha256, b"rotten");
    let (all, outcome) = read(store.files.readable(&sha256, size).await.unwrap(), 0..size).await;
    assert_eq!(outcome.unwrap_err().code(), Code::Damaged);
    assert!(all.len() < bytes.len(), "the last piece is kept back");
    // Looked at afresh it is known before anything goes out.
    let afresh = Files::open(store.files.location()).unwrap();
    assert_eq!(afresh.readable(&sha256, size).await.err().unwrap().code(), Code::Damaged);
    assert!(matches!(afresh.verify(&sha256).await.unwrap(), Found::Other { size: 3_000_000, .. }));
}

#[tokio::test]
async fn what_never_came_in_whole_is_removed_in_time() {
    let store = Store::new();
    let path = store.files.incoming();
    let mut upload = store.files.store.put_multipart(&path).await.unwrap();
    upload.put_part(PutPayload::from_static(b"half")).await.unwrap();
    let staged = || std::fs::read_dir(store.folder.join(INCOMING)).unwrap().count();
    assert_eq!(staged(), 1);
    assert_eq!(store.files.remove_abandoned(60).await.unwrap(), 0);
    let entry = std::fs::read_dir(store.folder.join(INCOMING)).unwrap().next().unwrap().unwrap();
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(100);
    std::fs::File::open(entry.path()).unwrap().set_modified(past).unwrap();
    assert_eq!(store.files.remove_abandoned(60).await.unwrap(), 1);
    assert_eq!(staged(), 0);
}

#[tokio::test]
async fn a_store_that_cannot_be_written_says_so() {
    let store = Store::new();
    check_writable(&store.files).await.unwrap();
    assert_eq!(store.files.store.list(None).count().await, 0, "the probe is gone");
    // A file where the folder should be; the rights of a folder say nothing to a superuser.
    std::fs::write(store.folder.join(INCOMING), b"").unwrap_or_else(|_| {
        std::fs::remove_dir_all(store.folder.join(INCOMING)).unwrap();
        std::fs::write(store.folder.join(INCOMING), b"").unwrap();
    });
    let error = check_writable(&store.files).await.unwrap_err();
    assert!(error.describe().contains("cannot be written"), "{}", error.describe());
    let error = Files::open(&store.folder.join(INCOMING).join("x").display().to_string()).err().unwrap();
    assert!(error.describe().contains("--evidence-store"), "{}", error.describe());
    for location in ["gs://bucket", "http://host/x", "s3://", "s3:///prefix"] {
        let error = Files::open(location).err().unwrap_or_else(|| panic!("{location} was opened"));
        assert!(error.describe().contains(location), "{}", error.describe());
    }
}

#[test]
fn by_default_it_lies_beside_the_database() {
    for (database, folder) in [
        ("sqlite://data/kemitraan.db", "data/evidence"),
        ("sqlite:///var/lib/kemitraan/k.db?mode=rwc", "/var/lib/kemitraan/evidence"),
        ("sqlite:k.db", "evidence"),
        ("postgres://u:p@host/name", "data/evidence"),
    ] {
        assert_eq!(beside(database), folder, "{database}");
    }
}
