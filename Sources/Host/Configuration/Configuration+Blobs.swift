// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSBlobDriver
internal import LMSKit
internal import LMSTenancy

extension Configuration {
    /// Where the bytes of files are kept.
    enum Blobs: Sendable {
        /// Below a directory of this machine.
        case directory(String)
        /// In a bucket; the authorities in the file are trusted instead of the system's.
        case bucket(S3Configuration, certificateFile: String?)
        /// In a container of Azure Blob Storage; the authorities in the file are trusted instead of the system's.
        case container(AzureConfiguration, certificateFile: String?)
    }
}

extension Configuration {
    /// Whether files may be sent to the store itself, which only a bucket takes.
    static func directUploads(_ reader: inout EnvironmentReader, blobs: Blobs) -> DirectUploads {
        guard reader.toggle("LMS_DIRECT_UPLOADS", default: false) else { return .off }
        if case .bucket = blobs { return .on }
        // What is wrong with the bucket is told already.
        if !reader.problems.contains(where: { $0.hasPrefix("LMS_BLOB_") }) {
            reader.refuse("LMS_DIRECT_UPLOADS=on needs LMS_BLOB_STORE=s3: a directory takes no requests")
        }
        return .off
    }
}

extension Configuration.Blobs {
    private enum Kind: String {
        case directory
        case s3
        case azure
    }

    init(_ reader: inout EnvironmentReader, environment: Configuration.Deployment, dataDirectory: String) {
        let directory = reader.text("LMS_BLOB_DIRECTORY") ?? "\(dataDirectory)/blobs"
        let bucket = BucketSettings(&reader)
        let container = ContainerSettings(&reader)
        let kind = reader.value("LMS_BLOB_STORE", "directory, s3 or azure", Kind.init(rawValue:)) ?? .directory
        #if !Curl
            if kind != .directory { reader.refuse("LMS_BLOB_STORE=\(kind.rawValue) needs a build with libcurl") }
        #endif
        switch kind {
        case .directory: self = .directory(directory)
        case .s3: self = bucket.checked(&reader, environment) ?? .directory(directory)
        case .azure: self = container.checked(&reader, environment) ?? .directory(directory)
        }
    }
}

/// What the environment says of a bucket, whether there is to be one or not.
private struct BucketSettings {
    private let region: String
    private let endpoint: ServiceEndpoint?
    private let name: String?
    private let prefix: String
    private let style: S3Configuration.Style
    private let accessKey: String?
    private let secret: Secret<String>?
    private let sessionToken: Secret<String>?
    private let certificateFile: String?

    init(_ reader: inout EnvironmentReader) {
        region =
            reader.value("LMS_BLOB_S3_REGION", "a region such as eu-central-1") { $0.isBare(besides: "-") ? $0 : nil }
            ?? "us-east-1"
        let standard = ServiceEndpoint("https://s3.\(region).amazonaws.com")
        endpoint =
            reader.value("LMS_BLOB_S3_ENDPOINT", "an address such as https://s3.example.org", ServiceEndpoint.init)
            ?? standard
        name = reader.value("LMS_BLOB_S3_BUCKET", "the name of a bucket: 3–63 of a–z, 0–9, - and .") { text in
            (3...63).contains(text.utf8.count) && text.isBare(besides: "-.") && text == text.lowercased() ? text : nil
        }
        prefix = reader.blobPrefix("LMS_BLOB_S3_PREFIX")
        style =
            reader.value("LMS_BLOB_S3_STYLE", "path or host", S3Configuration.Style.init(rawValue:)) ?? .path
        accessKey = reader.value("LMS_BLOB_S3_ACCESS_KEY", "an access key's identifier") { text in
            text.utf8.count <= 256 && text.isBare(besides: "-._") ? text : nil
        }
        secret = reader.secret("LMS_BLOB_S3_SECRET_KEY")
        sessionToken = reader.secret("LMS_BLOB_S3_SESSION_TOKEN")
        certificateFile = reader.certificateFile("LMS_BLOB_S3_CA_FILE")
    }

    /// The bucket; notes what is missing for one.
    func checked(
        _ reader: inout EnvironmentReader,
        _ environment: Configuration.Deployment
    ) -> Configuration.Blobs? {
        let needed = [
            ("LMS_BLOB_S3_BUCKET", name != nil), ("LMS_BLOB_S3_ACCESS_KEY", accessKey != nil),
            ("LMS_BLOB_S3_SECRET_KEY", secret != nil),
        ]
        for (variable, isThere) in needed where !isThere && !reader.hasProblem(with: variable) {
            reader.refuse("\(variable) is missing: LMS_BLOB_STORE=s3 needs it")
        }
        if environment == .production, endpoint?.isEncrypted == false {
            reader.refuse("LMS_BLOB_S3_ENDPOINT must not send files in the clear in production: use https://")
        }
        guard let name, let accessKey, let secret, let endpoint else { return nil }
        var configuration = S3Configuration(
            endpoint: endpoint,
            bucket: name,
            region: region,
            credentials: S3Configuration.Credentials(accessKey: accessKey, secret: secret, sessionToken: sessionToken)
        )
        configuration.prefix = prefix
        configuration.style = style
        return .bucket(configuration, certificateFile: certificateFile)
    }
}

extension EnvironmentReader {
    /// What leads the names of all files in a store that others use too; empty without.
    mutating func blobPrefix(_ name: String) -> String {
        value(name, "a path such as academy/, of letters, digits, - . _ and /") { text in
            text.isBare(besides: "-._/") && text.hasSuffix("/") && !text.hasPrefix("/") && !text.contains("//")
                && !text.split(separator: "/").contains { $0 == "." || $0 == ".." } ? text : nil
        } ?? ""
    }

    /// The authorities that a store's certificate is checked with.
    mutating func certificateFile(_ name: String) -> String? {
        value(name, "a file of certificates in PEM that can be read") { path in
            FileManager.default.isReadableFile(atPath: path) ? path : nil
        }
    }
}

extension String {
    /// Whether it has letters and digits of ASCII, some other characters, and nothing else.
    func isBare(besides others: String) -> Bool {
        utf8.allSatisfy { byte in
            byte.isLowerLetter || byte.isDigit || (0x41...0x5A).contains(byte) || others.utf8.contains(byte)
        }
    }
}
