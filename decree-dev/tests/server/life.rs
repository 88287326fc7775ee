//! Coming, going, and what is not there.

use decree_dev::DevServer;
use decree_proto::v1::{
    ExportConfigRequest, GetConfigRequest, GetServerInfoRequest, VerifyChainRequest,
    audit_service_client::AuditServiceClient, config_service_client::ConfigServiceClient,
    server_service_client::ServerServiceClient, typed_value::Kind,
};
use tonic::{Code, transport::Endpoint};

use crate::support::{SHOP, USER, channel, config, next, read, shop, subscribe_request, value};

#[tokio::test(start_paused = true)]
async fn a_killed_server_refuses_and_a_revived_one_remembers() {
    let server = shop().await;
    let pipe = server.pipe();
    let mut client = config(&server, USER).await;
    let mut replay = subscribe_request();
    replay.start_version = Some(1);
    let mut stream = client.subscribe(replay).await.unwrap().into_inner();
    next(&mut stream).await;

    server.set("acme", "cart.limit", "41").unwrap();
    server.kill().await;
    while let Ok(Some(_)) = stream.message().await {}
    let refused = pipe.connect().await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);

    server.revive().await.unwrap();
    let mut client = config(&server, USER).await;
    let limit = read(&mut client, "cart.limit", true).await;
    assert_eq!(limit.value, value(Kind::IntegerValue(41)));
}

#[tokio::test]
async fn the_same_server_is_there_over_tcp_and_comes_back_at_its_address() {
    let server = DevServer::builder().seed_yaml(SHOP).start().await.unwrap();
    let addr = server.addr().unwrap();
    let connect = || async move {
        let endpoint = Endpoint::from_shared(format!("http://{addr}")).unwrap();
        endpoint.connect().await
    };
    let mut info = ServerServiceClient::new(connect().await.unwrap());
    let answer = info
        .get_server_info(GetServerInfoRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(answer.features["config"]);

    server.kill().await;
    assert!(connect().await.is_err());
    server.revive().await.unwrap();
    let channel = connect().await.unwrap();
    let mut client = ConfigServiceClient::with_interceptor(channel, USER);
    assert_eq!(
        read(&mut client, "cart.limit", true).await.value,
        value(Kind::IntegerValue(40))
    );
    server.shutdown().await;
    assert!(connect().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_says_so_by_name() {
    let server = shop().await;
    let mut client = config(&server, USER).await;
    let refused = client.export_config(ExportConfigRequest::default()).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
    assert_eq!(
        refused.message(),
        "decree-dev does not have centralconfig.v1.ConfigService/ExportConfig yet"
    );
    let mut audit = AuditServiceClient::with_interceptor(channel(server.pipe()).await, USER);
    let refused = audit.verify_chain(VerifyChainRequest::default()).await;
    assert_eq!(
        refused.unwrap_err().message(),
        "decree-dev does not have centralconfig.v1.AuditService/VerifyChain yet"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_fails_on_demand_and_the_one_after_it_does_not() {
    let server = shop().await;
    let mut client = config(&server, USER).await;
    server.fail_next("GetConfig", tonic::Status::internal("failed to get config"));
    let request = || GetConfigRequest {
        tenant_id: "acme".to_owned(),
        ..Default::default()
    };
    let refused = client.get_config(request()).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::Internal, "failed to get config")
    );
    client.get_config(request()).await.unwrap();
    assert_eq!(server.calls("GetConfig"), 2);
}
