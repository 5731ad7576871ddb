// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSBlobDriver
internal import LMSTenancy

/// What the environment says of a container of Azure Blob Storage, whether there is to be one or not.
struct ContainerSettings {
    private let account: String?
    private let container: String?
    private let key: Secret<String>?
    private let sharedAccess: Secret<String>?
    private let endpoint: ServiceEndpoint?
    private let style: AzureConfiguration.Style
    private let prefix: String
    private let certificateFile: String?

    init(_ reader: inout EnvironmentReader) {
        account = reader.value("LMS_BLOB_AZURE_ACCOUNT", "a storage account: 3–24 of a–z and 0–9") { text in
            (3...24).contains(text.utf8.count) && text.isBare(besides: "") && text == text.lowercased() ? text : nil
        }
        container = reader.value("LMS_BLOB_AZURE_CONTAINER", "a container: 3–63 of a–z, 0–9 and single -") { text in
            (3...63).contains(text.utf8.count) && text.isBare(besides: "-") && text == text.lowercased()
                && !text.hasPrefix("-") && !text.hasSuffix("-") && !text.contains("--") ? text : nil
        }
        key = reader.secret("LMS_BLOB_AZURE_KEY")
        sharedAccess = reader.secret("LMS_BLOB_AZURE_SAS")
        endpoint =
            reader.value(
                "LMS_BLOB_AZURE_ENDPOINT",
                "an address such as https://blob.core.windows.net",
                ServiceEndpoint.init
            ) ?? AzureConfiguration.standardEndpoint
        style =
            reader.value("LMS_BLOB_AZURE_STYLE", "host or path", AzureConfiguration.Style.init(rawValue:)) ?? .host
        prefix = reader.blobPrefix("LMS_BLOB_AZURE_PREFIX")
        certificateFile = reader.certificateFile("LMS_BLOB_AZURE_CA_FILE")
    }

    /// The container; notes what is missing for one.
    func checked(
        _ reader: inout EnvironmentReader,
        _ environment: Configuration.Deployment
    ) -> Configuration.Blobs? {
        let needed = [("LMS_BLOB_AZURE_ACCOUNT", account != nil), ("LMS_BLOB_AZURE_CONTAINER", container != nil)]
        for (variable, isThere) in needed where !isThere && !reader.hasProblem(with: variable) {
            reader.refuse("\(variable) is missing: LMS_BLOB_STORE=azure needs it")
        }
        if environment == .production, endpoint?.isEncrypted == false {
            reader.refuse("LMS_BLOB_AZURE_ENDPOINT must not send files in the clear in production: use https://")
        }
        guard let credentials = credentials(&reader), let account, let container, let endpoint else { return nil }
        var configuration = AzureConfiguration(
            endpoint: endpoint,
            account: account,
            container: container,
            credentials: credentials
        )
        configuration.prefix = prefix
        configuration.style = style
        return .container(configuration, certificateFile: certificateFile)
    }

    /// Who asks; what is wrong with it is told without showing it.
    private func credentials(_ reader: inout EnvironmentReader) -> AzureConfiguration.Credentials? {
        switch (key, sharedAccess) {
        case (nil, nil):
            reader.refuse("LMS_BLOB_AZURE_KEY or LMS_BLOB_AZURE_SAS is missing: LMS_BLOB_STORE=azure needs one of them")
        case (.some, .some):
            reader.refuse("LMS_BLOB_AZURE_KEY and LMS_BLOB_AZURE_SAS exclude each other: set one of them")
        case (let key?, nil):
            if let credentials = AzureConfiguration.Credentials(key: key) { return credentials }
            reader.refuse("LMS_BLOB_AZURE_KEY must be a key of the storage account, in Base64 as Azure shows it")
        case (nil, let sharedAccess?):
            if let credentials = AzureConfiguration.Credentials(sharedAccess: sharedAccess) { return credentials }
            reader.refuse("LMS_BLOB_AZURE_SAS must be a shared access signature as Azure shows it: sv=…&sig=…")
        }
        return nil
    }
}
