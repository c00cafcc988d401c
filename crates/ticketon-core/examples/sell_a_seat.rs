//! Sells two seats: no server, no clock, no runtime but the one that drives the futures.
//!
//! `cargo run -p ticketon-core --example sell_a_seat`

use ticketon_core::{
    Caller, Code, Context, FixedClock, Memory, NewEvent, Plan, Seats, SeededEntropy, Settled, Won,
    create_event, hold_seats, publish, settle_payment, start_purchase, verify,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cx = Context::new(
        Memory::new(),
        FixedClock::at("2026-12-01T11:00:00Z"),
        SeededEntropy::new(7),
    );
    let staff = Caller::system("example");
    let hall = Plan::from_csv("zone,row,seat,grade\nStalls,A,1,R\nStalls,A,2,R\n")?;
    let new = NewEvent::single("Recital", "2026-12-24T10:00:00Z")
        .plan(hall)
        .price("R", "adult", Won(55_000));
    let event = create_event(&cx, &staff, new.no_queue()).await?;
    publish(&cx, &staff, event.id).await?;

    let ana = Caller::user("ana"); // your own id; no user row needed
    let hold = hold_seats(&cx, &ana, event.performance(), Seats::adult(["A-1", "A-2"])).await?;
    let purchase = start_purchase(&cx, &ana, hold.id).await?;
    let paid = settle_payment(&cx, purchase.id, Settled::cash("box office")).await?;
    assert_eq!(paid.tickets.len(), 2);
    let bob = Caller::user("bob");
    let refused = hold_seats(&cx, &bob, event.performance(), Seats::adult(["A-1"]))
        .await
        .expect_err("the seat is ana's");
    assert_eq!(refused.code(), Code::SeatTaken);
    println!(
        "{} paid {} for {} tickets; bob hears: {refused}",
        ana.name(),
        paid.amount(),
        paid.tickets.len()
    );
    verify(&cx).await?.assert_kept();
    Ok(())
}
