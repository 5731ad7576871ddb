// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Where a container of Azure Blob Storage is, and who asks.
public struct AzureConfiguration: Sendable {
    /// The service, without the account: `https://blob.core.windows.net`, or that of another cloud.
    public let endpoint: ServiceEndpoint
    /// The storage account.
    public let account: String
    /// The container.
    public let container: String
    /// Who asks.
    public let credentials: Credentials
    /// What leads the names of all blobs, such as `lms/`.
    public var prefix = ""
    /// Where the account's name stands.
    public var style = Style.host
    /// How long a request with a part may take, from the first try's beginning to its end.
    public var timeout = Duration.seconds(60)
    /// How often a request is sent until it is given up.
    public var attempts = 5

    /// Microsoft's own cloud.
    public static let standardEndpoint = ServiceEndpoint("https://blob.core.windows.net")

    /// Who asks.
    public enum Credentials: Sendable {
        /// A key of the account, which signs every request and addresses for others.
        case key(Secret<[UInt8]>)
        /// What somebody with a key has signed: a query that lets whoever has it into the container.
        case sharedAccess(Secret<String>)

        /// Reads an account's key as Azure shows it.
        ///
        /// - Parameter key: Base64 of at least 32 bytes.
        public init?(key: Secret<String>) {
            guard let data = Data(base64Encoded: key.reveal()), data.count >= 32 else { return nil }
            self = .key(Secret(Array(data)))
        }

        /// Reads a shared access signature as Azure shows it.
        ///
        /// - Parameter sharedAccess: The query, with or without its `?`.
        public init?(sharedAccess: Secret<String>) {
            let text = sharedAccess.reveal()
            let query = text.hasPrefix("?") ? String(text.dropFirst()) : text
            let isPlain = query.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-._~%=&+:/,".utf8.contains(byte)
            }
            let names = query.split(separator: "&").map { $0.prefix { $0 != "=" } }
            guard isPlain, names.contains("sv"), names.contains("sig"), !names.contains("comp") else { return nil }
            self = .sharedAccess(Secret(query))
        }
    }

    /// Where the account's name stands in an address.
    public enum Style: String, Sendable {
        /// `https://account.host/container/blob`, as at Microsoft's.
        case host
        /// `https://host/account/container/blob`, as emulators have it.
        case path
    }

    /// Describes a container.
    ///
    /// - Parameters:
    ///   - endpoint: The service.
    ///   - account: The storage account.
    ///   - container: The container.
    ///   - credentials: Who asks.
    public init(endpoint: ServiceEndpoint, account: String, container: String, credentials: Credentials) {
        self.endpoint = endpoint
        self.account = account
        self.container = container
        self.credentials = credentials
    }

    /// The `Host` of requests.
    var host: String { style == .host ? "\(account).\(endpoint.authority)" : endpoint.authority }

    /// The path of a blob, or of the container itself.
    func path(_ name: String) -> String {
        let place = name.isEmpty ? "/\(container)" : "/\(container)/\(name)"
        return style == .host ? place : "/\(account)\(place)"
    }
}
