// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension FederationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.identityProviderNotFound)
        case .identityNotFound: Problem(.identityNotFound)
        case .forbidden: Problem(.forbidden)
        case .nameTaken: Problem(.identityProviderNameTaken)
        case .tooMany(let limit):
            Problem(.tooManyIdentityProviders).detailed(
                en: "There may be \(limit).",
                es: "Puede haber \(limit).",
                ar: "الحد الأقصى \(limit)."
            )
        case .versionMismatch: Problem(.preconditionFailed)
        case .beyondOwnGrants: Problem(.beyondOwnGrants)
        case .roleNotFound: Problem(.roleUnknown)
        case .invalid: Problem(.validationFailed)
        case .returnNotRegistered: Problem(.returnNotRegistered)
        case .stateInvalid: Problem(.federatedStateInvalid)
        case .lastWayIn: Problem(.lastWayIn)
        case .codeInvalid: Problem.invalidGrant
        case .logoutTokenInvalid: Problem.invalidLogoutToken
        case .providerUnavailable: Problem(.identityProviderUnavailable)
        case .keys: Problem(.internalError)
        case .signIn(let error): error.problem
        case .database(let error): error.problem
        }
    }
}

extension Problem {
    /// As OpenID Connect Back-Channel Logout §2.8 has it.
    fileprivate static var invalidLogoutToken: Problem {
        var problem = Problem(.logoutTokenInvalid)
        problem.oauthError = "invalid_request"
        return problem
    }
}

extension ProblemCode {
    static let logoutTokenInvalid = ProblemCode(
        "LOGOUT_TOKEN_INVALID",
        400,
        en: "The logout token cannot be believed, or was taken before.",
        es: "El token de cierre de sesión no es creíble o ya se aceptó.",
        ar: "لا يمكن الوثوق برمز تسجيل الخروج، أو سبق قبوله."
    )
    static let identityProviderNotFound = ProblemCode(
        "IDENTITY_PROVIDER_NOT_FOUND",
        404,
        en: "There is no such identity provider.",
        es: "No existe ese proveedor de identidad.",
        ar: "لا يوجد موفّر هوية كهذا."
    )
    static let identityNotFound = ProblemCode(
        "IDENTITY_NOT_FOUND",
        404,
        en: "There is no such linked identity.",
        es: "No existe esa identidad vinculada.",
        ar: "لا توجد هوية مرتبطة كهذه."
    )
    static let identityProviderNameTaken = ProblemCode(
        "IDENTITY_PROVIDER_NAME_TAKEN",
        409,
        en: "Another identity provider has this name; choose a different one.",
        es: "Otro proveedor de identidad tiene este nombre; elija uno distinto.",
        ar: "يحمل موفّر هوية آخر هذا الاسم؛ اختر اسمًا مختلفًا."
    )
    static let tooManyIdentityProviders = ProblemCode(
        "TOO_MANY_IDENTITY_PROVIDERS",
        409,
        en: "There are as many identity providers as there may be; delete one first.",
        es: "Ya hay tantos proveedores de identidad como se permite; elimine uno antes.",
        ar: "بلغ عدد موفّري الهوية الحد المسموح؛ احذف واحدًا أولًا."
    )
    static let returnNotRegistered = ProblemCode(
        "RETURN_ADDRESS_NOT_REGISTERED",
        400,
        en: "The address to return to is not registered; add it to returnAddresses in the organization's settings.",
        es: "La dirección de retorno no está registrada; añádala a returnAddresses en la configuración.",
        ar: "عنوان العودة غير مسجّل؛ أضفه إلى returnAddresses في إعدادات المؤسسة."
    )
    static let identityProviderUnavailable = ProblemCode(
        "IDENTITY_PROVIDER_UNAVAILABLE",
        502,
        en: "The identity provider cannot be used at the moment; try again later or sign in another way.",
        es: "El proveedor de identidad no está disponible; inténtelo más tarde o inicie sesión de otra forma.",
        ar: "لا يمكن استخدام موفّر الهوية الآن؛ حاول لاحقًا أو سجّل الدخول بطريقة أخرى."
    )
    static let federatedStateInvalid = ProblemCode(
        "SIGN_IN_NOT_EXPECTED",
        400,
        en: "This browser has no sign-in waiting here, or it waited too long; begin again in the app.",
        es: "Este navegador no tiene un inicio de sesión pendiente o ha caducado; empiece de nuevo en la aplicación.",
        ar: "لا ينتظر هذا المتصفح تسجيل دخول هنا، أو انتهت مهلته؛ ابدأ من جديد في التطبيق."
    )
    static let passwordSignInOff = ProblemCode(
        "PASSWORD_SIGN_IN_OFF",
        403,
        en: "This organization has no sign-in with passwords; use its identity provider.",
        es: "Esta organización no admite contraseñas; use su proveedor de identidad.",
        ar: "لا تسمح هذه المؤسسة بتسجيل الدخول بكلمة مرور؛ استخدم موفّر هويتها."
    )
    static let lastWayIn = ProblemCode(
        "LAST_WAY_IN",
        409,
        en: "Nobody could sign in to this account any more; set a password or link another provider first.",
        es: "Ya no se podría entrar en esta cuenta; establezca antes una contraseña o vincule otro proveedor.",
        ar: "لن يتمكن أحد من الدخول إلى هذا الحساب؛ عيّن كلمة مرور أو اربط موفّرًا آخر أولًا."
    )
}
