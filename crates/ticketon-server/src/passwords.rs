//! Passwords: hashed as they should be, on a pool of their own, so that a storm of logins costs nobody a seat.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use ticketon_core::{Code, Refusal};
use tokio::sync::Semaphore;

use crate::limits;

/// A small, bounded pool that hashes.
pub struct Passwords {
    /// Hashes at once.
    running: Arc<Semaphore>,
    /// Hashes at once and waiting.
    admitted: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(limits::HASHES_AT_ONCE)),
            admitted: Arc::new(Semaphore::new(limits::HASHES_WAITING_MAX)),
        }
    }
}

impl Passwords {
    /// The password's hash in PHC form (argon2id, 19 MiB, 2 passes: the crate's and OWASP's default).
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Refusal> {
        check_length(&password)?;
        self.run(move || {
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(Refusal::internal)
        })
        .await?
    }

    /// Whether the password is the one that was hashed. Without a hash it takes as long, so that nobody learns
    /// which addresses are registered.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Refusal> {
        check_length(&password)?;
        self.run(move || {
            let Some(hash) = hash else {
                let burnt = Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
                return burnt.map(|_| false).map_err(Refusal::internal);
            };
            let hash = PasswordHash::new(&hash).map_err(Refusal::internal)?;
            Ok(Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok())
        })
        .await?
    }

    /// The hash takes its turn with it: it runs to its end even if whoever asked has gone away.
    async fn run<T: Send + 'static>(&self, hash: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let busy = || {
            Refusal::new(
                Code::Unavailable,
                "many people are logging in: try again in a moment",
            )
        };
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        let hashing = move || {
            let _turn = (admitted, running);
            hash()
        };
        tokio::task::spawn_blocking(hashing)
            .await
            .map_err(Refusal::internal)
    }
}

fn check_length(password: &str) -> Result<(), Refusal> {
    if (limits::PASSWORD_BYTES_MIN..=limits::PASSWORD_BYTES_MAX).contains(&password.len()) {
        return Ok(());
    }
    Err(Refusal::field("password", "must have 10 to 256 bytes"))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn who_hangs_up_gives_no_turn_away_while_the_hash_runs() {
        let passwords = Passwords::default();
        let (go, told) = std::sync::mpsc::channel::<()>();
        let hung_up = passwords.run(move || told.recv()).now_or_never();
        assert!(hung_up.is_none());
        assert!(
            passwords.run(|| ()).now_or_never().is_none(),
            "the next one waits"
        );
        go.send(()).unwrap();
        assert_eq!(passwords.run(|| 7).await.unwrap(), 7);
    }
}
