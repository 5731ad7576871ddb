// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// A payment was made.
    ///
    /// Payload: `paymentId`, `userId`, `courseId`, `planId`, `amount`, `currency`.
    public static let paymentCompleted = EventType("payment.completed", .payments)
    /// A payment failed.
    ///
    /// Payload: `paymentId`, `userId`, `courseId`, `reason`.
    public static let paymentFailed = EventType("payment.failed", .payments)
    /// A payment was given back.
    ///
    /// Payload: `paymentId`, `userId`, `amount`, `currency`.
    public static let paymentRefunded = EventType("payment.refunded", .payments)
    /// An invoice was made.
    ///
    /// Payload: `invoiceId`, `paymentId`, `userId`.
    public static let invoiceCreated = EventType("invoice.created", .payments)
}
