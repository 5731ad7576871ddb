// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// Why a request has no tenant.
extension ProblemCode {
    static let tenantUnnamed = ProblemCode(
        "TENANT_UNNAMED",
        400,
        en: "Neither the address nor X-Tenant-ID names an organization.",
        es: "Ni la dirección ni X-Tenant-ID indican una organización.",
        ar: "لا يحدد العنوان ولا X-Tenant-ID أي مؤسسة."
    )
    static let tenantMismatch = ProblemCode(
        "TENANT_MISMATCH",
        400,
        en: "The address and X-Tenant-ID name different organizations.",
        es: "La dirección y X-Tenant-ID indican organizaciones distintas.",
        ar: "يحدد العنوان و X-Tenant-ID مؤسستين مختلفتين."
    )
    static let tenantUnknown = ProblemCode(
        "TENANT_UNKNOWN",
        404,
        en: "There is no organization at this address.",
        es: "No hay ninguna organización en esta dirección.",
        ar: "لا توجد مؤسسة في هذا العنوان."
    )
    static let tenantSuspended = ProblemCode(
        "TENANT_SUSPENDED",
        403,
        en: "This organization is suspended.",
        es: "Esta organización está suspendida.",
        ar: "هذه المؤسسة موقوفة."
    )
    static let tenantDeleted = ProblemCode(
        "TENANT_DELETED",
        410,
        en: "This organization was deleted.",
        es: "Esta organización fue eliminada.",
        ar: "تم حذف هذه المؤسسة."
    )
}

extension TenantResolutionError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unnamed: Problem(.tenantUnnamed)
        case .mismatch: Problem(.tenantMismatch)
        case .unknown: Problem(.tenantUnknown)
        case .suspended: Problem(.tenantSuspended)
        case .deleted: Problem(.tenantDeleted)
        case .database(let error): error.problem
        }
    }
}
