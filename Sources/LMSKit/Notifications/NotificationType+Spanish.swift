// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension NotificationType {
    /// The words in Spanish.
    var spanish: NotificationText {
        switch self {
        case .welcome:
            NotificationText(
                "Le damos la bienvenida a {organization}",
                "Ya forma parte de {organization}. Eche un vistazo a los cursos."
            )
        case .enrollment:
            NotificationText(
                "Tiene plaza en {course}",
                "Su plaza en {course} está lista. Ya puede empezar."
            )
        case .enrollmentCompleted:
            NotificationText(
                "Ha completado {course}",
                "Enhorabuena: ha hecho todo lo que pide {course}."
            )
        case .courseUpdate:
            NotificationText(
                "{course} se ha actualizado",
                "Hay novedades en {course}."
            )
        case .lessonPublished:
            NotificationText(
                "Nueva lección en {course}",
                "Ya puede leer «{lesson}» en {course}."
            )
        case .assignmentCreated:
            NotificationText(
                "Nueva tarea en {course}",
                "«{assignment}» se entrega antes de: {due}."
            )
        case .assignmentDueSoon:
            NotificationText(
                "«{assignment}» vence pronto",
                "«{assignment}» de {course} se entrega antes de: {due}."
            )
        case .assignmentSubmitted:
            NotificationText(
                "Han entregado «{assignment}»",
                "{learner} ha entregado «{assignment}» en {course}."
            )
        case .assignmentGraded:
            NotificationText(
                "«{assignment}» está calificada",
                "Ha obtenido {score} en «{assignment}» de {course}."
            )
        case .quizGraded:
            NotificationText(
                "«{quiz}» está calificado",
                "Ha obtenido {score} en «{quiz}» de {course}."
            )
        case .gradeReleased:
            NotificationText(
                "Su calificación de «{item}» está disponible",
                "Ya puede ver su calificación de «{item}» en {course}."
            )
        case .paymentSucceeded:
            NotificationText(
                "Hemos recibido su pago",
                "Hemos recibido {amount} por {course}. Gracias."
            )
        case .paymentFailed:
            NotificationText(
                "Su pago ha fallado",
                "El pago de {amount} por {course} ha fallado. Inténtelo de nuevo o elija otra forma de pago."
            )
        case .certificateIssued:
            NotificationText(
                "Su certificado de {course}",
                "Su certificado de {course} tiene el número {number}."
            )
        case .announcement:
            NotificationText(
                "Novedades de {organization}",
                "Hay novedades de {organization}."
            )
        case .courseStarting:
            NotificationText(
                "{course} empieza pronto",
                "{course} empieza el {date}."
            )
        case .courseEnding:
            NotificationText(
                "{course} termina pronto",
                "{course} termina el {date}. Acabe antes lo que le queda."
            )
        case .inactiveLearner:
            NotificationText(
                "{course} le espera",
                "Lleva {days} días sin estudiar en {course}. Siga donde lo dejó."
            )
        case .message:
            NotificationText(
                "Mensaje de {sender}",
                "{sender} le ha escrito."
            )
        case .mention:
            NotificationText(
                "{sender} le ha mencionado",
                "{sender} le ha mencionado en un debate de {course}."
            )
        case .answer:
            NotificationText(
                "{sender} le ha respondido",
                "Su pregunta en {course} tiene una respuesta de {sender}."
            )
        case .reply:
            NotificationText(
                "{sender} ha escrito en un debate",
                "{sender} ha escrito en un debate de {course} que usted sigue."
            )
        case .achievement:
            NotificationText(
                "Ha conseguido «{achievement}»",
                "Enhorabuena: «{achievement}» es suyo."
            )
        case .exportReady:
            NotificationText(
                "Su exportación está lista",
                "Ya puede descargar el archivo que pidió."
            )
        case .webhookDisabled:
            NotificationText(
                "Se ha desactivado un webhook",
                "El webhook a {address} se ha desactivado: su receptor ya no acepta nada. Actívelo de nuevo cuando vuelva a aceptar."
            )
        case .passwordChanged:
            NotificationText(
                "Su contraseña ha cambiado",
                "Si no ha sido usted, elija enseguida otra contraseña y avise a un administrador."
            )
        case .emailChanged:
            NotificationText(
                "Su dirección ha cambiado",
                "Si no ha sido usted, avise enseguida a un administrador."
            )
        case .secondFactorChanged:
            NotificationText(
                "Su segundo factor ha cambiado",
                "Si no ha sido usted, elija enseguida otra contraseña y avise a un administrador."
            )
        case .newDevice:
            NotificationText(
                "Dispositivo nuevo",
                "Alguien ha entrado en su cuenta con {device}. Si no ha sido usted, cambie enseguida su contraseña."
            )
        }
    }
}
