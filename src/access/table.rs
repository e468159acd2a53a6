//! The access table: each field of each object → the rule that says which roles reach it. What it does not name, nobody
//! reaches: the program does not start while a field of the schema has no row here, or a row no field.
//!
//! Arguments, inputs, enums and interfaces follow from the fields that use them. No rule depends on a row of the data:
//! how much of it a role sees is each noun's `Scope`, and where it sees less of other rows, they are another type.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Role;

mod rules;

pub use rules::{ACCOUNTS, EVERYONE, JOURNAL, KEEPER, PUBLIC, READ_LOG, RULES, Rule, SEATS, STEWARD, WORK};

/// Fields of one object under one rule.
pub struct Row {
    pub object: &'static str,
    pub rule: &'static Rule,
    /// Names, with a space between them.
    pub fields: &'static str,
}

const fn row(object: &'static str, rule: &'static Rule, fields: &'static str) -> Row {
    Row { object, rule, fields }
}

pub static TABLE: &[Row] = &[
    row("Query", &EVERYONE, "viewer rateLimit codeLists codeList"),
    row("Query", &WORK, "node memorandum memoranda organisation organisations partner partners"),
    row("Query", &WORK, "partnership partnerships milestone milestones"),
    row("Query", &WORK, "outcome outcomes indicators quarter quarters"),
    row("Query", &WORK, "clause clauses certificate certificates obstacle obstacles evidence evidenceItems"),
    row("Query", &WORK, "outcomeRevision outcomeRevisions succession successions delegation delegations"),
    row("Query", &WORK, "programmeSummary scorecards overdueByAge calendar reportingStatus changes"),
    row("Query", &PUBLIC, "publicPartnership publicPartnerships publicPartner"),
    row("Query", &JOURNAL, "journal accessTable"),
    row("Query", &ACCOUNTS, "token tokens"),
    row("Query", &READ_LOG, "readLog"),
    //
    row("Mutation", &SEATS, "milestonePlan milestonePlanChain milestoneUpdate milestoneStart"),
    row("Mutation", &SEATS, "milestoneSubmit milestoneVerify milestoneReturn milestoneCancel"),
    row("Mutation", &SEATS, "milestoneWithdrawVerification"),
    row("Mutation", &SEATS, "milestoneReschedule milestoneApproveReschedule milestoneDeclineReschedule"),
    row("Mutation", &SEATS, "milestoneDepend milestoneUndepend evidenceAttach evidenceWithdraw"),
    row("Mutation", &SEATS, "partnershipPropose partnershipUpdate partnershipRenew partnershipAddPartner"),
    row("Mutation", &SEATS, "partnershipRemovePartner partnershipSetPotentialValue"),
    row("Mutation", &SEATS, "partnershipSetEstimatedValue partnershipSetContractedValue"),
    row("Mutation", &SEATS, "partnershipCurate partnershipPrepare partnershipStartTrial"),
    row("Mutation", &SEATS, "partnershipReturnToPreparation partnershipWaiveTrial partnershipActivate"),
    row("Mutation", &SEATS, "partnershipSuspend partnershipResume partnershipComplete"),
    row("Mutation", &SEATS, "partnershipTerminate partnershipReject"),
    row("Mutation", &SEATS, "externalReferenceAdd externalReferenceRemove"),
    row("Mutation", &SEATS, "partnerRegister partnerUpdate platformAccountSet platformAccountRemove"),
    row("Mutation", &SEATS, "certificateAdd certificateExpire contactSet contactErase"),
    row("Mutation", &STEWARD, "contactReveal subjectExport"),
    row("Mutation", &SEATS, "partnerProposeCorrection partnerCorrectionAccept partnerCorrectionDecline"),
    row("Mutation", &KEEPER, "organisationCreate organisationRename"),
    row("Mutation", &KEEPER, "organisationSucceed organisationDivideWork"),
    row("Mutation", &SEATS, "obstacleRaise obstacleAssign obstacleUpdate obstacleResolve obstacleReopen"),
    row("Mutation", &SEATS, "commentAdd clauseAdd clauseLink delegationGrant delegationRevoke"),
    row("Mutation", &SEATS, "outcomeSetTarget outcomeReport outcomeSubmit outcomeVerify outcomeReturn"),
    row("Mutation", &SEATS, "outcomeRevise"),
    row("Mutation", &SEATS, "quarterOpen quarterAgree quarterWithdrawAgreement quarterLock"),
    row("Mutation", &ACCOUNTS, "tokenIssue tokenRevoke"),
    row("TokenPayload", &ACCOUNTS, "token version secret journalEntry"),
    row("OrganisationPayload", &KEEPER, "organisation version journalEntry"),
    row("DelegationPayload", &SEATS, "delegation version journalEntry"),
    row("OutcomePayload", &SEATS, "outcome version journalEntry"),
    row("QuarterPayload", &SEATS, "quarter version journalEntry"),
    row("PartnerPayload", &SEATS, "partner version journalEntry"),
    row("CertificatePayload", &SEATS, "certificate version journalEntry"),
    row("ContactPayload", &SEATS, "contact version journalEntry"),
    row("ContactRevealPayload", &STEWARD, "contact value version journalEntry"),
    row("SubjectExportPayload", &STEWARD, "partner contacts version journalEntry"),
    row("ExportedContact", &STEWARD, "contact value"),
    row("PartnershipPayload", &SEATS, "partnership version journalEntry"),
    row("MilestonePayload", &SEATS, "milestone version journalEntry"),
    row("EvidencePayload", &SEATS, "evidence version journalEntry"),
    row("ObstaclePayload", &SEATS, "obstacle version journalEntry"),
    row("CommentPayload", &SEATS, "comment version journalEntry"),
    row("ClausePayload", &SEATS, "clause version journalEntry"),
    //
    row("RateLimit", &EVERYONE, "cost remaining resetAt"),
    row("Viewer", &EVERYONE, "actor role level assignment today readsUntil canRead can"),
    row("Viewer", &WORK, "organisation"),
    row("Viewer", &SEATS, "worklist"),
    row("WorkItem", &SEATS, "kind since days reason level node"),
    row("WorkItemConnection", &SEATS, "edges nodes pageInfo totalCount"),
    row("WorkItemEdge", &SEATS, "cursor node"),
    row("Token", &ACCOUNTS, "id version subject role organisation level assignment purpose expiresAt"),
    row("Token", &ACCOUNTS, "inForce issuedAt issuedBy revokedAt revokedBy revocationReason"),
    row("Token", &ACCOUNTS, "lastUsedAt lastUsedFrom"),
    row("TokenConnection", &ACCOUNTS, "edges nodes pageInfo totalCount"),
    row("TokenEdge", &ACCOUNTS, "cursor node"),
    row("Assignment", &EVERYONE, "institution number organisations validFrom validUntil"),
    row("FieldAccess", &EVERYONE, "coordinate allowed rule explanation"),
    row("ActionAccess", &EVERYONE, "action allowed code rule message open"),
    row("PageInfo", &EVERYONE, "hasNextPage hasPreviousPage startCursor endCursor"),
    row("CodeList", &EVERYONE, "name source version codes"),
    row("Code", &EVERYONE, "code english indonesian divisions"),
    //
    row("Memorandum", &WORK, "id version title number signedOn signedAt startsOn endsOn objectives"),
    row("Memorandum", &WORK, "signatories clauses baselines partnerships history"),
    row("Baseline", &WORK, "measure value asOf source"),
    row("MemorandumSignatory", &WORK, "organisation signedAs"),
    row("MemorandumConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("MemorandumEdge", &WORK, "cursor node"),
    //
    row("Organisation", &WORK, "id version code kind seat name shortName names parent partnerships"),
    row("Organisation", &WORK, "succeededBy succeeds history"),
    row(
        "Succession",
        &WORK,
        "id version kind stewardship effectiveOn legalBasis predecessor successor history",
    ),
    row("SuccessionConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("SuccessionEdge", &WORK, "cursor node"),
    row("Delegation", &WORK, "id version organisation grantee action partnership"),
    row("Delegation", &WORK, "validFrom validUntil inForce"),
    row("Delegation", &WORK, "grantedAt grantedBy revokedAt revokedBy revocationReason history"),
    row("DelegationConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("DelegationEdge", &WORK, "cursor node"),
    row("OrganisationName", &WORK, "name shortName validFrom validUntil legalBasis"),
    row("OrganisationConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("OrganisationEdge", &WORK, "cursor node"),
    //
    row("Partner", &WORK, "id version name sample legalForm scale scaleSince isIkm steward"),
    row("Partner", &WORK, "nib nikKoperasi npwp kbli kbliVersion sector regency province participations"),
    row("Partner", &WORK, "certificates platformAccounts contacts history"),
    row("Partner", &WORK, "corrections"),
    row(
        "PartnerCorrection",
        &WORK,
        "organisation name scale scaleSince nib nikKoperasi npwp kbli kbliVersion",
    ),
    row(
        "PartnerCorrection",
        &WORK,
        "regency reason status statusReason proposedAt proposedBy decidedAt decidedBy",
    ),
    row("Certificate", &WORK, "id version kind number issuer issuedOn validUntil expired partner history"),
    row("CertificateConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("CertificateEdge", &WORK, "cursor node"),
    row("PlatformAccount", &WORK, "platform account since"),
    row("Contact", &WORK, "id version kind mask erased partner history"),
    row("PartnerConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("PartnerEdge", &WORK, "cursor node"),
    //
    row(
        "Partnership",
        &WORK,
        "id version title products pattern channel supplyDirection batch status statusReason",
    ),
    row("Partnership", &WORK, "potentialValue estimatedValue contractedValue"),
    row("Partnership", &WORK, "organisation executingUnit memorandum renewalOf partners milestones outcomes"),
    row("Partnership", &WORK, "availableActions comments"),
    row("Partnership", &WORK, "statusSince obstacles evidence externalReferences history"),
    row("PartnershipValue", &WORK, "amount source asOf"),
    row("PartnershipConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("PartnershipEdge", &WORK, "cursor node"),
    row("PartnershipPartner", &WORK, "lead joinedOn partnership partner"),
    row("PartnershipPartnerConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("PartnershipPartnerEdge", &WORK, "cursor node"),
    //
    row("PublicPartnership", &PUBLIC, "id title status organisation partnerNames"),
    row("PublicPartnershipConnection", &PUBLIC, "edges nodes pageInfo totalCount"),
    row("PublicPartnershipEdge", &PUBLIC, "cursor node"),
    row("PublicPartner", &PUBLIC, "name"),
    //
    row("Milestone", &WORK, "availableActions comments"),
    row("Milestone", &WORK, "id version type title position weight status statusReason"),
    row(
        "Milestone",
        &WORK,
        "firstDueOn dueOn reschedules overdue overdueDays slippageDays occurredOn recordedAt",
    ),
    row("Milestone", &WORK, "report reporter reportedBy reporterOrganisation"),
    row("Milestone", &WORK, "verifier verifiedAt verifiedBy verifierOrganisation"),
    row(
        "Milestone",
        &WORK,
        "partnership organisation dependsOn clause evidence obstacles externalReferences",
    ),
    row(
        "Milestone",
        &WORK,
        "statusSince rescheduleRequests lastRescheduleReason history waitingFor waitingDays",
    ),
    row("Reschedule", &WORK, "number previousDueOn dueOn reason status requestedAt requestedBy"),
    row("Reschedule", &WORK, "requesterOrganisation decidedAt decidedBy"),
    row("ExternalReference", &WORK, "system value"),
    row("Clause", &WORK, "id version position number title body sample memorandum milestones history"),
    row("ClauseConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("ClauseEdge", &WORK, "cursor node"),
    row("Obstacle", &WORK, "id version category severity title description owner followUp dueOn overdue"),
    row("Obstacle", &WORK, "status statusSince resolution raisedAt raisedBy raiserOrganisation"),
    row("Obstacle", &WORK, "resolvedAt resolvedBy organisation partnership milestone history"),
    row("Obstacle", &WORK, "availableActions comments"),
    row("ObstacleConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("ObstacleEdge", &WORK, "cursor node"),
    row("Evidence", &WORK, "id version kind number datedOn issuer amount fileName mediaType size sha256"),
    row(
        "Evidence",
        &WORK,
        "attachedAt attachedBy attacherOrganisation withdrawnAt withdrawnBy withdrawalReason",
    ),
    row("Evidence", &WORK, "organisation partnership milestone comments history"),
    row("EvidenceConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("EvidenceEdge", &WORK, "cursor node"),
    row("Comment", &WORK, "id version body writtenAt writtenBy writerRole writerOrganisation"),
    row("Comment", &WORK, "organisation partnership subject history"),
    row("CommentConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("CommentEdge", &WORK, "cursor node"),
    row("MilestoneConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("MilestoneEdge", &WORK, "cursor node"),
    //
    row("Outcome", &WORK, "id version indicator unit target actual latest status statusReason"),
    row("Outcome", &WORK, "reportedAt reportedBy reporterOrganisation comments availableActions"),
    row("Outcome", &WORK, "verifier verifiedAt verifiedBy verifierOrganisation"),
    row(
        "Outcome",
        &WORK,
        "statusSince quarter partnership organisation revisions history waitingFor waitingDays",
    ),
    row("OutcomeRevision", &WORK, "id version number actual reason status statusReason statusSince"),
    row("OutcomeRevision", &WORK, "reportedAt reportedBy reporterOrganisation"),
    row("OutcomeRevision", &WORK, "verifiedAt verifiedBy verifierOrganisation"),
    row("OutcomeRevision", &WORK, "outcome partnership organisation history waitingFor waitingDays"),
    row("OutcomeRevisionConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("OutcomeRevisionEdge", &WORK, "cursor node"),
    row("OutcomeConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("OutcomeEdge", &WORK, "cursor node"),
    row("IndicatorInfo", &WORK, "code unit objective aggregation verifier"),
    row("Quarter", &WORK, "id version code startsOn endsOn dueOn status lockedAt agreements history"),
    row("Quarter", &WORK, "waitingFor waitingDays comments availableActions"),
    row("QuarterAgreement", &WORK, "organisation seat agreedAt"),
    row("QuarterConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("QuarterEdge", &WORK, "cursor node"),
    //
    row("ProgrammeSummary", &WORK, "asOf partnerships milestones values indicators"),
    row("PartnershipCount", &WORK, "status count"),
    row("MilestoneCounts", &WORK, "total met partiallyMet notMet cancelled awaitingVerification overdue"),
    row("ProgrammeValues", &WORK, "potential estimated contracted transacted"),
    row("ValueSum", &WORK, "amount counted outOf"),
    row("IndicatorFigure", &WORK, "quarter indicator objective unit target actual verified reported outOf"),
    row(
        "Scorecard",
        &WORK,
        "key english indonesian organisation partnerships milestones values outcomes indicators",
    ),
    row("ScorecardValues", &WORK, "potential estimated contracted transacted"),
    row("OutcomeCounts", &WORK, "reported verified outOf"),
    row(
        "ScorecardFigure",
        &WORK,
        "quarter indicator objective unit target actual counted verified reported outOf",
    ),
    row("OverdueAge", &WORK, "fromDays untilDays count meanSlippageDays rescheduled"),
    row(
        "CalendarDay",
        &WORK,
        "date milestonesDue milestonesOpen quartersDue obstaclesDue certificatesEnding",
    ),
    row("ReportingStatus", &WORK, "quarter organisations reported outOf"),
    row(
        "OrganisationReporting",
        &WORK,
        "organisation outOf reported verified returned missing withoutFigures complete",
    ),
    //
    row("Change", &WORK, "sequence recordedAt action role organisation noun subject removed node"),
    row("ChangeConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("ChangeEdge", &WORK, "cursor node"),
    row("HistoryEntryConnection", &WORK, "edges nodes pageInfo totalCount"),
    row("HistoryEntryEdge", &WORK, "cursor node"),
    row("HistoryEntry", &WORK, "sequence recordedAt actor role organisation action reason fields"),
    row("FieldChange", &WORK, "field old new"),
    // A BUMN reads the entry of an act of its own, where a mutation answers it.
    row("JournalEntry", &EVERYONE, "sequence at actor token role level action reason requestId"),
    row("JournalEntry", &EVERYONE, "changesRoot previousHash hash"),
    row("JournalEntry", &WORK, "organisation changes"),
    row("AccessTable", &JOURNAL, "subject number recordedAt hash added removed roles"),
    row("AccessGrant", &JOURNAL, "coordinate role"),
    row("JournalEntryConnection", &JOURNAL, "edges nodes pageInfo totalCount"),
    row("JournalEntryEdge", &JOURNAL, "cursor node"),
    // An image is the row itself: whoever may not see the work may not see it here.
    row("JournalChange", &WORK, "position noun subject nounVersion image salt hash"),
    //
    row("ReadRecord", &READ_LOG, "number at requestId actor token role organisation kind operation document"),
    row("ReadRecord", &READ_LOG, "variables nouns partners sequence cached notModified outcome"),
    row("ReadRecord", &READ_LOG, "previousHash hash"),
    row("ReadNoun", &READ_LOG, "noun rows"),
    row("ReadRecordConnection", &READ_LOG, "edges nodes pageInfo totalCount"),
    row("ReadRecordEdge", &READ_LOG, "cursor node"),
];

/// The *live* fields: they read what the journal does not hold (`journal/mod.rs` has the list; budgets are in memory), so that what they give
/// is true now and at no other time. Never kept for another request, refused in the past.
pub static LIVE: &[(&str, &str)] = &[
    ("Contact", "mask"),
    ("ContactRevealPayload", "value"),
    ("ExportedContact", "value"),
    ("Query", "rateLimit"),
    ("Query", "readLog"),
    ("Query", "tokens"),
    ("Token", "inForce"),
    ("Token", "lastUsedAt"),
    ("Token", "lastUsedFrom"),
];

/// The fields that tell of the person who asks, not only of the role, level, organisation and assignment.
pub static PERSONAL: &[(&str, &str)] = &[
    ("Milestone", "availableActions"),
    ("Outcome", "availableActions"),
    ("Viewer", "actor"),
    ("Viewer", "can"),
];

pub fn is_live(object: &str, field: &str) -> bool {
    LIVE.contains(&(object, field))
}

/// Every field with its rule, in the table's order.
pub fn fields() -> impl Iterator<Item = (&'static str, &'static str, &'static Rule)> {
    TABLE.iter().flat_map(|row| row.fields.split(' ').map(|field| (row.object, field, row.rule)))
}

/// The rule of a field; none where the table does not name it.
pub fn rule(object: &str, field: &str) -> Option<&'static Rule> {
    type Fields = HashMap<&'static str, HashMap<&'static str, &'static Rule>>;
    static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
        let mut objects = Fields::new();
        for (object, field, rule) in fields() {
            objects.entry(object).or_default().insert(field, rule);
        }
        objects
    });
    FIELDS.get(object)?.get(field).copied()
}

/// Whether a role reaches a field.
pub fn allows(role: Role, object: &str, field: &str) -> bool {
    rule(object, field).is_some_and(|rule| rule.roles.contains(&role))
}

/// The rule that keeps a role from an object, none of whose fields it reaches.
pub fn rule_of_object(object: &str) -> Option<&'static Rule> {
    TABLE.iter().find(|row| row.object == object).map(|row| row.rule)
}

/// The table as a page of Markdown: `docs/access.md`.
pub fn page() -> String {
    let mut page = include_str!("table.md").to_owned();
    page += "\n## Rules\n\n| rule | roles | in words |\n|---|---|---|\n";
    for rule in RULES {
        let roles = rule.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
        page += &format!("| `{}` | {roles} | {}<br>*{}* |\n", rule.name, rule.english, rule.indonesian);
    }
    page += "\n## Fields\n";
    let mut objects = TABLE.iter().map(|row| row.object).collect::<Vec<_>>();
    objects.dedup();
    for object in objects {
        page += &format!("\n### {object}\n\n| field |");
        for role in Role::ALL {
            page += &format!(" {} |", role.as_str());
        }
        page += " rule |\n|---|";
        page += &":-:|".repeat(Role::ALL.len());
        page += "---|\n";
        let mut own = fields().filter(|field| field.0 == object).collect::<Vec<_>>();
        own.sort_by_key(|field| field.1);
        for (_, field, rule) in own {
            page += &format!("| `{field}` |");
            for role in Role::ALL {
                page += if rule.roles.contains(&role) { " ● |" } else { " |" };
            }
            page += &format!(" `{}`{} |\n", rule.name, if is_live(object, field) { ", live" } else { "" });
        }
    }
    page
}
