//! Organizations, and who is what in them.

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::ids::{OrganizationId, Slug, UserId};
use crate::limits;
use crate::organization::{Organization, Role};
use crate::row::{RowId, UniqueKey};
use crate::store::{CommitError, Conflict, Freshness};
use crate::user::User;

/// Makes an organization; only who runs the shop may.
pub async fn create_organization(
    cx: &Context,
    caller: &Caller,
    slug: Slug,
    name: String,
) -> Result<Organization, Refusal> {
    caller.may(Right::Administer)?;
    if !(1..=limits::NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(Refusal::field("name", "must have 1 to 100 characters"));
    }
    let now = cx.now();
    let organization = Organization {
        id: OrganizationId::new(now, &*cx.entropy),
        slug,
        name,
    };
    let id = organization.id;
    let changes = cx
        .changes()
        .by(caller)
        .create(organization.clone())
        .answer(caller.answer(RowId::Organization(id), now))
        .record(Fact {
            stream: Stream::Organization(id),
            at: now,
            what: What::OrganizationCreated { organization: id },
        });
    match cx.commit(changes).await {
        Ok(()) => Ok(organization),
        Err(CommitError::Conflict(Conflict::Taken(UniqueKey::OrganizationSlug(slug)))) => {
            let message = format!("another organization is named `{slug}`: choose another slug");
            Err(Refusal::new(Code::SlugTaken, message))
        }
        Err(error) => match Tries::default().after(error, caller)? {
            Some(RowId::Organization(first)) => {
                let first = cx.need((first,), Freshness::Cached, "organization");
                Ok(first.await?.0)
            }
            _ => Err(Refusal::internal(
                "an organization that nobody has named was taken",
            )),
        },
    }
}

/// Makes a user a member with this role, or none of one that has none; its owners may, and who runs the shop. A login
/// says the old role until its access token is renewed.
pub async fn name_member(
    cx: &Context,
    caller: &Caller,
    organization: OrganizationId,
    user: UserId,
    role: Option<Role>,
) -> Result<User, Refusal> {
    caller.may(Right::ActAs(organization, Role::Owner))?;
    let mut tries = Tries::default();
    loop {
        let (_, house) = cx
            .need::<Organization>((organization,), tries.freshness(), "organization")
            .await?;
        let (mut user, version) = cx.need::<User>((user,), tries.freshness(), "user").await?;
        let before = match role {
            Some(role) => user.roles.insert(organization, role),
            None => user.roles.remove(&organization),
        };
        if before == role {
            return Ok(user);
        }
        let fact = Fact {
            stream: Stream::Organization(organization),
            at: cx.now(),
            what: What::MemberNamed { user: user.id, role },
        };
        let changes = cx
            .changes()
            .by(caller)
            .rely(RowId::Organization(organization), house)
            .write(user.clone(), version)
            .record(fact);
        match cx.commit(changes).await {
            Ok(()) => return Ok(user),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}
