// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import Glibc
internal import LMSTenancy

/// The owner of one libpq connection.
///
/// SAFETY: a libpq connection may be used by one thread at a time. It is made on a side-pool thread, handed over once, and
/// then used by one loop, or under the lock of `PostgresAdministration`. `CancelKey` is libpq's own thread-safe copy.
@safe final class Link: @unchecked Sendable {
    let handle: OpaquePointer

    private init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe PQfinish(handle)
    }

    /// Connects; blocks until the server answered or the time is up.
    static func open(
        _ address: PostgresAddress,
        as login: PostgresLogin?,
        application: String,
        timeoutInSeconds: Int
    ) throws(PostgresConnectionError) -> Link {
        // What comes before `dbname` can be overridden by the URL, what comes after cannot.
        var settings = [
            ("connect_timeout", String(timeoutInSeconds)), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "20000"), ("application_name", application),
            ("dbname", address.url.reveal()), ("client_encoding", "UTF8"),
        ]
        if let login {
            settings.append(("user", login.user))
            settings.append(("password", login.password?.reveal() ?? ""))
        }
        var keywords: [UnsafePointer<CChar>?] = unsafe settings.map { unsafe UnsafePointer(strdup($0.0)) }
        var values: [UnsafePointer<CChar>?] = unsafe settings.map { unsafe UnsafePointer(strdup($0.1)) }
        unsafe keywords.append(nil)
        unsafe values.append(nil)
        defer {
            unsafe keywords.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
            unsafe values.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
        }
        guard let handle = unsafe PQconnectdbParams(keywords, values, 1) else {
            throw .unreachable(detail: "out of memory")
        }
        let link = unsafe Link(handle)
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            throw PostgresConnectionError(text: unsafe String(cString: PQerrorMessage(handle)))
        }
        // Notices would go to standard error.
        unsafe PQsetNoticeReceiver(handle, { _, _ in }, nil)
        return link
    }

    /// Whether more has arrived than libpq has taken.
    var hasInput: Bool {
        var byte: UInt8 = 0
        return unsafe recv(PQsocket(handle), &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
    }

    /// Runs a prepared statement with two texts; blocks.
    func run(_ name: StaticString, _ first: String, _ second: String) throws(PostgresConnectionError) {
        var parameters = ParameterBuffer()
        parameters.append(text: first)
        parameters.append(text: second)
        let result = unsafe parameters.withArrays { count, _, values, lengths, formats in
            unsafe PQexecPrepared(handle, name.description, count, values, lengths, formats, 1)
        }
        defer { unsafe PQclear(result) }
        guard unsafe PQresultStatus(result) == PGRES_TUPLES_OK else {
            throw .refused(detail: unsafe String(cString: PQerrorMessage(handle)))
        }
    }

    /// Makes the connection non-blocking and lets statements follow each other without waiting.
    func enterPipeline() throws(PostgresConnectionError) {
        guard unsafe PQsetnonblocking(handle, 1) == 0, unsafe PQenterPipelineMode(handle) == 1 else {
            throw .refused(detail: "pipeline mode cannot be entered")
        }
    }

    /// Prepares a fixed statement; blocks.
    func prepare(_ name: StaticString, _ text: StaticString, types: [Oid] = []) throws(PostgresConnectionError) {
        let result = unsafe PQprepare(handle, name.description, text.description, Int32(types.count), types)
        defer { unsafe PQclear(result) }
        guard unsafe PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw .refused(detail: unsafe String(cString: PQerrorMessage(handle)))
        }
    }
}

/// What is needed to cancel a connection's statement from another thread.
///
/// SAFETY: libpq's cancel object is immutable after it was made, and `PQcancel` may be called from any thread.
@safe final class CancelKey: @unchecked Sendable {
    private let key: OpaquePointer

    init?(_ link: Link) {
        guard let key = unsafe PQgetCancel(link.handle) else { return nil }
        unsafe self.key = key
    }

    deinit {
        unsafe PQfreeCancel(key)
    }

    /// Asks the server to cancel what runs; blocks until the server has taken the request.
    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        // A request that cannot be delivered leaves the statement to its timeout.
        _ = unsafe PQcancel(key, &message, 256)
    }
}
