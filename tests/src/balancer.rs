//! One address for several servers, as a load balancer in front of them gives it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Passes each new connection to one of its servers, at random: the first that accepts it. Ends
/// with every connection when this is dropped.
#[derive(Debug)]
pub struct Balancer {
    /// `127.0.0.1` and its port.
    pub address: SocketAddr,
    servers: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Balancer {
    /// Starts one on a free port.
    pub async fn start(servers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let servers = Arc::new(Mutex::new(owned(servers)));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&servers)));
        Self {
            address,
            servers,
            accepting,
        }
    }

    /// From now on, new connections go to these.
    pub fn send_to(&self, servers: &[&str]) {
        *self.servers.lock().unwrap_or_else(PoisonError::into_inner) = owned(servers);
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn owned(servers: &[&str]) -> Vec<String> {
    servers.iter().map(|server| (*server).to_owned()).collect()
}

async fn accept(listener: TcpListener, servers: Arc<Mutex<Vec<String>>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let mut servers = servers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        fastrand::shuffle(&mut servers);
        connections.spawn(pass(client, servers));
    }
}

/// A connection that nobody accepts is closed. One that breaks closes both sides, which is all that
/// its error could say.
async fn pass(mut client: TcpStream, servers: Vec<String>) {
    for server in servers {
        if let Ok(mut server) = TcpStream::connect(server).await {
            let _delayed = (client.set_nodelay(true), server.set_nodelay(true));
            let _broken = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}
