// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension NotificationType {
    /// The words in English.
    var english: NotificationText {
        switch self {
        case .welcome:
            NotificationText(
                "Welcome to {organization}",
                "You are now a member of {organization}. Have a look at the courses."
            )
        case .enrollment:
            NotificationText(
                "You are enrolled in {course}",
                "Your place in {course} is ready. You can start now."
            )
        case .enrollmentCompleted:
            NotificationText(
                "You completed {course}",
                "Congratulations: you have done everything that {course} asks for."
            )
        case .courseUpdate:
            NotificationText(
                "{course} was updated",
                "There is something new in {course}."
            )
        case .lessonPublished:
            NotificationText(
                "New lesson in {course}",
                #""{lesson}" can now be read in {course}."#
            )
        case .assignmentCreated:
            NotificationText(
                "New assignment in {course}",
                #""{assignment}" is to be handed in by {due}."#
            )
        case .assignmentDueSoon:
            NotificationText(
                #""{assignment}" is due soon"#,
                #""{assignment}" in {course} is to be handed in by {due}."#
            )
        case .assignmentSubmitted:
            NotificationText(
                #""{assignment}" was handed in"#,
                #"{learner} handed in "{assignment}" in {course}."#
            )
        case .assignmentGraded:
            NotificationText(
                #""{assignment}" was graded"#,
                #"You got {score} for "{assignment}" in {course}."#
            )
        case .quizGraded:
            NotificationText(
                #""{quiz}" was graded"#,
                #"You got {score} in "{quiz}" of {course}."#
            )
        case .gradeReleased:
            NotificationText(
                #"Your grade in "{item}" is there"#,
                #"You can see your grade in "{item}" of {course} now."#
            )
        case .paymentSucceeded:
            NotificationText(
                "Your payment arrived",
                "We received {amount} for {course}. Thank you."
            )
        case .paymentFailed:
            NotificationText(
                "Your payment failed",
                "The payment of {amount} for {course} failed. Please try again or choose another way to pay."
            )
        case .certificateIssued:
            NotificationText(
                "Your certificate for {course}",
                "Your certificate for {course} has the number {number}."
            )
        case .announcement:
            NotificationText(
                "News from {organization}",
                "There is news from {organization}."
            )
        case .courseStarting:
            NotificationText(
                "{course} starts soon",
                "{course} starts on {date}."
            )
        case .courseEnding:
            NotificationText(
                "{course} ends soon",
                "{course} ends on {date}. Finish what is left before."
            )
        case .inactiveLearner:
            NotificationText(
                "{course} is waiting for you",
                "You have not learned in {course} for {days} days. Go on where you stopped."
            )
        case .message:
            NotificationText(
                "Message from {sender}",
                "{sender} wrote to you."
            )
        case .mention:
            NotificationText(
                "{sender} mentioned you",
                "{sender} mentioned you in a discussion of {course}."
            )
        case .answer:
            NotificationText(
                "{sender} answered you",
                "Your question in {course} has an answer by {sender}."
            )
        case .reply:
            NotificationText(
                "{sender} wrote in a discussion",
                "{sender} wrote in a discussion of {course} that you follow."
            )
        case .achievement:
            NotificationText(
                #"You achieved "{achievement}""#,
                #"Well done: "{achievement}" is yours."#
            )
        case .exportReady:
            NotificationText(
                "Your export is ready",
                "The file that you asked for can be fetched now."
            )
        case .webhookDisabled:
            NotificationText(
                "A webhook was turned off",
                "The webhook to {address} was turned off: its receiver takes nothing any more. Turn it on again once it does."
            )
        case .passwordChanged:
            NotificationText(
                "Your password was changed",
                "If it was not you, choose a new password at once and tell an administrator."
            )
        case .emailChanged:
            NotificationText(
                "Your address was changed",
                "If it was not you, tell an administrator at once."
            )
        case .secondFactorChanged:
            NotificationText(
                "Your second factor was changed",
                "If it was not you, choose a new password at once and tell an administrator."
            )
        case .newDevice:
            NotificationText(
                "New device",
                "Somebody signed in to your account with {device}. If it was not you, change your password at once."
            )
        }
    }
}
