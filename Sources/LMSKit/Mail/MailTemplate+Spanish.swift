// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension MailTemplate {
    /// The words in Spanish.
    var spanish: MailText {
        switch self {
        case .verifyEmail:
            MailText(
                subject: "Confirme su dirección para {organization}",
                paragraphs: [
                    "Confirme que esta es su dirección. El enlace es válido durante {hours} horas.",
                    "Si no ha sido usted, ignore este mensaje y no pasará nada.",
                ],
                action: "Confirmar mi dirección"
            )
        case .passwordReset:
            MailText(
                subject: "Elija una contraseña nueva para {organization}",
                paragraphs: [
                    "Alguien ha pedido una contraseña nueva para su cuenta. El enlace es válido una sola vez, "
                        + "durante {minutes} minutos.",
                    "Si no ha sido usted, ignore este mensaje: su contraseña no cambia.",
                ],
                action: "Elegir una contraseña nueva"
            )
        case .passwordChanged:
            MailText(
                subject: "Su contraseña ha cambiado",
                paragraphs: [
                    "La contraseña de su cuenta en {organization} ha cambiado y se han cerrado las demás sesiones.",
                    "Si no ha sido usted, elija enseguida otra contraseña y avise a un administrador.",
                ]
            )
        case .newEmailRequested:
            MailText(
                subject: "Alguien quiere cambiar su dirección",
                paragraphs: [
                    "Alguien con la sesión iniciada en su cuenta de {organization} quiere usar otra dirección.",
                    "Si no ha sido usted, cambie enseguida su contraseña y avise a un administrador.",
                ]
            )
        case .emailChanged:
            MailText(
                subject: "Su dirección ha cambiado",
                paragraphs: [
                    "Su cuenta en {organization} tiene ahora otra dirección. Con esta ya no se puede iniciar sesión.",
                    "Si no ha sido usted, avise enseguida a un administrador.",
                ]
            )
        case .invitation:
            MailText(
                subject: "Le invitan a {organization}",
                paragraphs: ["Le invitan a {organization}. El enlace es válido una sola vez."],
                action: "Aceptar la invitación"
            )
        case .signInCode:
            MailText(
                subject: "Su código para {organization}",
                paragraphs: [
                    "Su código es {code}. Es válido una sola vez, durante {minutes} minutos.",
                    "Nadie de {organization} se lo pedirá nunca. Si no está iniciando sesión, cambie su contraseña.",
                ]
            )
        case .secondFactorChanged:
            MailText(
                subject: "Su segundo paso ha cambiado",
                paragraphs: [
                    "El segundo paso para iniciar sesión en su cuenta de {organization} ha cambiado.",
                    "Si no ha sido usted, avise enseguida a un administrador.",
                ]
            )
        case .newDevice:
            MailText(
                subject: "Un dispositivo nuevo ha iniciado sesión",
                paragraphs: [
                    "Alguien ha iniciado sesión en su cuenta de {organization} con un dispositivo que no "
                        + "conocíamos: {device}",
                    "Si no ha sido usted, cambie su contraseña y cierre todas las sesiones.",
                ]
            )
        case .trial:
            MailText(
                subject: "Un mensaje de {organization} para probar su correo",
                paragraphs: ["La configuración de correo de {organization} funciona: con ella se envió este mensaje."]
            )
        case .webhookDisabled:
            MailText(
                subject: "Se desactivó un webhook de {organization}",
                paragraphs: [
                    "Ya no se envía nada al webhook de {host}: no quiere más eventos o no aceptó ninguno durante tres "
                        + "días.",
                    "Revise sus entregas, corríjalo, actívelo de nuevo y haga reenviar lo que se perdió.",
                ]
            )
        case .linkIdentity:
            MailText(
                subject: "¿Iniciar sesión en {organization} con {provider}?",
                paragraphs: [
                    "Una cuenta de {provider} con su dirección quiere iniciar sesión en {organization} como "
                        + "usted. El enlace es válido una sola vez, durante {minutes} minutos.",
                    "Si no ha sido usted, ignore este mensaje y no pasará nada.",
                ],
                action: "Sí, soy yo"
            )
        case .notification: MailText(subject: "{organization}", paragraphs: [])
        }
    }
}
