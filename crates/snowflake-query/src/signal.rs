//! Something that happens once, and that many may wait for.

use tokio::sync::watch;

/// A flag that is raised once and stays up.
#[derive(Debug, Default)]
pub(crate) struct Signal(watch::Sender<bool>);

impl Signal {
    pub(crate) fn raise(&self) {
        self.0.send_replace(true);
    }

    pub(crate) fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Completes when the flag is up, or when nobody is left who could raise it.
    pub(crate) fn raised(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut flag = self.0.subscribe();
        async move {
            let _gone = flag.wait_for(|up| *up).await.is_err();
        }
    }
}
