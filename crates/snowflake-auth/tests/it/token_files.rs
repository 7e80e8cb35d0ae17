//! Tokens that somebody else keeps in a file.

use std::path::Path;
use std::sync::Arc;

use snowflake_auth::{AccessToken, Error, ErrorKind, ProgrammaticAccessToken, login};
use snowflake_sim::{Expect, Script};

use crate::support::{LOGIN, all_texts, options, server, session, success};

fn script(logins: usize) -> Arc<Script> {
    Arc::new(Script::new().expect(Expect::post(LOGIN).reply(success(session())).times(logins)))
}

async fn error(path: &Path) -> Error {
    login(&server(&script(0)), &AccessToken::from_file(path), &options()).await.unwrap_err()
}

#[tokio::test]
async fn s24_a_token_file_is_read_afresh_at_each_login_and_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let script = script(3);
    let server = server(&script);
    let provider = ProgrammaticAccessToken::from_file(&path);
    for text in ["pat-1", "pat-2\r\n", "\u{feff}  pat-3\n\n"] {
        std::fs::write(&path, text).unwrap();
        login(&server, &provider, &options()).await.unwrap();
    }
    let tokens: Vec<_> = script.requests().iter().map(|seen| seen.json()["data"]["TOKEN"].clone()).collect();
    assert_eq!(tokens, ["pat-1", "pat-2", "pat-3"]);
}

#[tokio::test]
async fn s24_files_that_hold_no_token_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let cases: [(&[u8], &str); 4] = [
        (b" \n", "is empty"),
        (b"two words", "more than one word"),
        (&[0xC3, 0x28], "does not hold text"),
        (&[b'x'; 64 * 1024 + 1], "larger than 65536 bytes"),
    ];
    for (text, words) in cases {
        std::fs::write(&path, text).unwrap();
        let error = error(&path).await;
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Credential, false));
        let said = all_texts(&error);
        assert!(said.contains(words) && said.contains(&path.display().to_string()), "{said}");
        assert!(!said.contains("two words"), "{said}");
    }
    std::fs::write(&path, [b'x'; 64 * 1024]).unwrap();
    login(&server(&script(1)), &AccessToken::from_file(&path), &options()).await.unwrap();
}

#[tokio::test]
async fn s24_a_missing_file_and_a_folder_are_no_token_files() {
    let folder = tempfile::tempdir().unwrap();
    assert!(all_texts(&error(&folder.path().join("none")).await).contains("check that it exists"));
    assert!(all_texts(&error(folder.path()).await).contains("no regular file"));
}

#[cfg(unix)]
#[tokio::test]
async fn s24_a_pipe_without_a_writer_does_not_hang_the_login() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(all_texts(&error(&path).await).contains("no regular file"));
}

#[cfg(unix)]
#[tokio::test]
async fn s24_a_token_file_that_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "pat-1").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(all_texts(&error(&path).await).contains("chmod 600"));
}
