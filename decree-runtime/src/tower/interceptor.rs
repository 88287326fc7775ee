//! The layer as an interceptor of one service of tonic.

use tonic::{Request, Status, service::Interceptor};

use super::SnapshotLayer;

/// For one service of a tonic server, in place of a layer around all of them:
/// `FeesServer::with_interceptor(fees, SnapshotLayer::new(live.clone()))`.
///
/// A handler of tonic reads by [`pin`](crate::Live::pin) or [`pinned`](crate::Live::pinned), from the
/// extensions of its request.
///
/// ```
/// use decree_runtime::{Live, SnapshotLayer};
/// use tonic::service::Interceptor;
///
/// let fee = Live::fixed(0.01);
/// let request = SnapshotLayer::new(fee.clone()).call(tonic::Request::new(()))?;
/// assert!(fee.pinned(request.extensions()).is_some());
/// # Ok::<(), tonic::Status>(())
/// ```
impl<C: Send + Sync + 'static> Interceptor for SnapshotLayer<C> {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        self.live.pin_in(request.extensions_mut());
        Ok(request)
    }
}
