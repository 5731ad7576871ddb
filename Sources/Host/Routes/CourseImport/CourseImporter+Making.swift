// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSBlobDriver
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

extension CourseImporter {
    /// An importer that spools archives below the data directory.
    ///
    /// - Parameters:
    ///   - lms: The domain.
    ///   - tenants: Runs the transactions.
    ///   - cryptography: Makes import keys.
    ///   - dataDirectory: Where `spool` is made if it is not there.
    ///   - store: Keeps the files of courses; `blobs` in the data directory unless said.
    ///   - scanner: Looks for malware in them; nobody does without.
    /// - Throws: If the directories cannot be made or the system has no threads left.
    init(
        lms: LMSKit.LMS,
        tenants: Tenants,
        cryptography: any Cryptography,
        dataDirectory: String,
        store: (any BlobStore)? = nil,
        scanner: (any MalwareScanner)? = nil
    ) throws {
        let pool = try SidePool(threads: 2, queueLimit: 256, name: "files")
        let spool = "\(dataDirectory)/spool"
        try FileManager.default.createDirectory(
            atPath: spool,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.init(
            lms: lms,
            store: try store ?? DirectoryBlobStore(root: "\(dataDirectory)/blobs", pool: pool),
            tenants: tenants,
            cryptography: cryptography,
            pool: pool,
            spool: spool,
            scanner: scanner
        )
    }

    /// An importer with nothing behind it, for what only describes the routes.
    ///
    /// - Parameters:
    ///   - lms: The domain.
    ///   - cryptography: Makes import keys.
    /// - Throws: If the system has no thread left.
    init(describing lms: LMSKit.LMS, cryptography: any Cryptography) throws {
        self.init(
            lms: lms,
            store: NoBlobStore(),
            tenants: Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil }),
            cryptography: cryptography,
            pool: try SidePool(threads: 1, queueLimit: 0),
            spool: "/tmp"
        )
    }

    private init(
        lms: LMSKit.LMS,
        store: any BlobStore,
        tenants: Tenants,
        cryptography: any Cryptography,
        pool: SidePool,
        spool: String,
        scanner: (any MalwareScanner)? = nil
    ) {
        imports = lms.courseImports(store: store, scanner: scanner)
        files = Files(store: store, keys: lms.tenantKeys)
        self.store = store
        self.tenants = tenants
        self.cryptography = cryptography
        self.pool = pool
        self.spool = spool
    }
}
