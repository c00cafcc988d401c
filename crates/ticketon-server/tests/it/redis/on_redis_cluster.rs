use super::cluster;

#[tokio::test]
async fn claims_do_what_all_claims_must_do() {
    super::claims_do_what_all_claims_must_do(cluster().await).await;
}

#[tokio::test]
async fn a_rate_holds_over_two_processes() {
    super::a_rate_holds_over_two_processes(cluster().await).await;
}

#[tokio::test]
async fn a_lease_is_one_processes_until_it_dies() {
    super::a_lease_is_one_processes_until_it_dies(cluster().await).await;
}
