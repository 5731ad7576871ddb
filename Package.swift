// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// Module = "LMS" + folder name; C modules are "CLMS" + library. See docs/decisions/0003-prefixed-module-names.md.
let package = Package(
    name: "lms",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "LMSTenancy", targets: ["LMSTenancy"]),
        .library(name: "LMSKit", targets: ["LMSKit"]),
        .library(name: "LMSBilling", targets: ["LMSBilling"]),
        // With the loops and the side pool that its initializers take.
        .library(name: "LMSPostgresDriver", targets: ["LMSPostgresDriver", "LMSEventLoop"]),
        .library(name: "LMSOpenSSLDriver", targets: ["LMSOpenSSLDriver"]),
        .library(name: "LMSRedisDriver", targets: ["LMSRedisDriver", "LMSEventLoop"]),
        .library(name: "LMSCryptDriver", targets: ["LMSCryptDriver", "LMSEventLoop"]),
        .executable(name: "lms", targets: ["LMSHost"]),
    ],
    traits: [
        .trait(name: "Archive", description: "Course import from zip and tar.gz archives (libarchive)."),
        .trait(name: "Compression", description: "Replies compressed with gzip (zlib)."),
        .trait(name: "Curl", description: "Mail through SMTP and calls to other servers (libcurl)."),
        .trait(name: "Magic", description: "Types of uploaded files by their content (libmagic)."),
        .trait(name: "Paper", description: "Certificates as PDF files and images (pango and cairo)."),
        .trait(name: "Patterns", description: "Regular expressions in keys of questions (PCRE2)."),
        .trait(name: "QRCode", description: "QR codes for authenticator apps and on certificates (libqrencode)."),
        .default(enabledTraits: ["Archive", "Compression", "Curl", "Magic", "Paper", "Patterns", "QRCode"]),
    ],
    targets: [
        // C libraries and the kernel: only targets below Sources/Drivers import these.
        .target(name: "CLMSLinux", path: "Sources/Drivers/CLMSLinux"),
        .systemLibrary(
            name: "CLMSPostgres",
            path: "Sources/Drivers/CLMSPostgres",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(
            name: "CLMSOpenSSL",
            path: "Sources/Drivers/CLMSOpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(
            name: "CLMSCrypt",
            path: "Sources/Drivers/CLMSCrypt",
            providers: [.apt(["libcrypt-dev"])]
        ),
        // Without pkg-config, which passes a flag that SwiftPM refuses; the headers are where compilers look.
        .systemLibrary(
            name: "CLMSHiredis",
            path: "Sources/Drivers/CLMSHiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]
        ),
        .systemLibrary(
            name: "CLMSZlib",
            path: "Sources/Drivers/CLMSZlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .systemLibrary(
            name: "CLMSArchive",
            path: "Sources/Drivers/CLMSArchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]
        ),
        .systemLibrary(
            name: "CLMSCurl",
            path: "Sources/Drivers/CLMSCurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .systemLibrary(
            name: "CLMSMagic",
            path: "Sources/Drivers/CLMSMagic",
            providers: [.apt(["libmagic-dev"]), .brew(["libmagic"])]
        ),
        .systemLibrary(
            name: "CLMSPCRE2",
            path: "Sources/Drivers/CLMSPCRE2",
            providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]
        ),
        .systemLibrary(
            name: "CLMSQRCode",
            path: "Sources/Drivers/CLMSQRCode",
            providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]
        ),
        // With pkg-config, because the headers are not where compilers look; SwiftPM leaves its -pthread out and says so.
        .systemLibrary(
            name: "CLMSPango",
            path: "Sources/Drivers/CLMSPango",
            pkgConfig: "pangocairo",
            providers: [.apt(["libpango1.0-dev"]), .brew(["pango"])]
        ),

        // Drivers: every unsafe operation of the package lives here.
        .target(
            name: "LMSEventLoop",
            dependencies: ["CLMSLinux"],
            path: "Sources/Drivers/EventLoop",
            swiftSettings: strict
        ),
        .target(
            name: "LMSPostgresDriver",
            dependencies: ["CLMSPostgres", "CLMSLinux", "LMSEventLoop", "LMSTenancy"],
            path: "Sources/Drivers/Postgres",
            swiftSettings: strict
        ),
        .target(
            name: "LMSOpenSSLDriver",
            dependencies: ["CLMSOpenSSL", "LMSTenancy"],
            path: "Sources/Drivers/OpenSSL",
            swiftSettings: strict
        ),
        .target(
            name: "LMSRedisDriver",
            dependencies: ["CLMSHiredis", "LMSEventLoop", "LMSOpenSSLDriver", "LMSTenancy"],
            path: "Sources/Drivers/Redis",
            swiftSettings: strict
        ),
        .target(
            name: "LMSCryptDriver",
            dependencies: ["CLMSCrypt", "LMSEventLoop", "LMSTenancy"],
            path: "Sources/Drivers/Crypt",
            swiftSettings: strict
        ),
        .target(
            name: "LMSZlibDriver",
            dependencies: [.target(name: "CLMSZlib", condition: .when(traits: ["Compression"]))],
            path: "Sources/Drivers/Zlib",
            swiftSettings: strict
        ),
        .target(
            name: "LMSArchiveDriver",
            dependencies: [
                .target(name: "CLMSArchive", condition: .when(traits: ["Archive"])),
                "LMSTenancy",
                "LMSKit",
            ],
            path: "Sources/Drivers/Archive",
            swiftSettings: strict
        ),
        .target(
            name: "LMSCurlDriver",
            dependencies: [
                .target(name: "CLMSCurl", condition: .when(traits: ["Curl"])), "LMSEventLoop", "LMSTenancy", "LMSKit",
            ],
            path: "Sources/Drivers/Curl",
            swiftSettings: strict
        ),
        .target(
            name: "LMSBlobDriver",
            dependencies: ["LMSEventLoop", "LMSKit", "LMSTenancy"],
            path: "Sources/Drivers/Blob",
            swiftSettings: strict
        ),
        .target(
            name: "LMSMailDriver",
            dependencies: ["LMSBlobDriver", "LMSEventLoop", "LMSKit"],
            path: "Sources/Drivers/Mail",
            swiftSettings: strict
        ),
        // Speaks to ClamAV's daemon over a socket: nothing is linked.
        .target(
            name: "LMSClamdDriver",
            dependencies: ["LMSEventLoop", "LMSKit", "LMSTenancy"],
            path: "Sources/Drivers/Clamd",
            swiftSettings: strict
        ),
        // Runs ffmpeg, which is a program and no library: nothing is linked, and without it media are not made.
        .target(
            name: "LMSMediaDriver",
            dependencies: ["CLMSLinux", "LMSEventLoop", "LMSKit", "LMSTenancy"],
            path: "Sources/Drivers/Media",
            swiftSettings: strict
        ),
        .target(
            name: "LMSMagicDriver",
            dependencies: [
                .target(name: "CLMSMagic", condition: .when(traits: ["Magic"])), "LMSEventLoop", "LMSKit",
            ],
            path: "Sources/Drivers/Magic",
            swiftSettings: strict
        ),
        .target(
            name: "LMSPatternDriver",
            dependencies: [
                .target(name: "CLMSPCRE2", condition: .when(traits: ["Patterns"])),
                "LMSKit",
            ],
            path: "Sources/Drivers/Patterns",
            swiftSettings: strict
        ),
        .target(
            name: "LMSQRCodeDriver",
            dependencies: [
                .target(name: "CLMSQRCode", condition: .when(traits: ["QRCode"])),
                "LMSKit",
            ],
            path: "Sources/Drivers/QRCode",
            swiftSettings: strict
        ),
        .target(
            name: "LMSPaperDriver",
            dependencies: [
                .target(name: "CLMSPango", condition: .when(traits: ["Paper"])), "LMSEventLoop", "LMSKit",
            ],
            path: "Sources/Drivers/Paper",
            swiftSettings: strict
        ),

        // The library.
        .target(
            name: "LMSTenancy",
            path: "Sources/Tenancy",
            resources: [.embedInCode("ControlMigrations"), .embedInCode("CellMigrations")],
            swiftSettings: strict
        ),
        .target(
            name: "LMSKit",
            dependencies: ["LMSTenancy"],
            path: "Sources/LMSKit",
            resources: [.embedInCode("Migrations")],
            swiftSettings: strict
        ),
        .target(name: "LMSBilling", dependencies: ["LMSTenancy"], path: "Sources/Billing", swiftSettings: strict),

        // The host.
        .target(
            name: "LMSHTTP",
            dependencies: ["LMSEventLoop", "LMSOpenSSLDriver", "CLMSLinux"],
            path: "Sources/Host/HTTP",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LMSHost",
            dependencies: [
                "LMSHTTP", "LMSKit", "LMSBilling", "LMSTenancy", "LMSEventLoop",
                "LMSPostgresDriver", "LMSOpenSSLDriver", "LMSRedisDriver", "LMSCryptDriver", "LMSZlibDriver",
                "LMSArchiveDriver", "LMSBlobDriver", "LMSClamdDriver", "LMSCurlDriver", "LMSMagicDriver",
                "LMSMailDriver", "LMSMediaDriver", "LMSPaperDriver", "LMSPatternDriver", "LMSQRCodeDriver",
            ],
            path: "Sources/Host",
            exclude: ["HTTP"],
            resources: [.embedInCode("Routes/Reference/reference.js")],
            swiftSettings: strict
        ),

        // Tests.
        .target(
            name: "LMSTestSupport",
            dependencies: [
                "LMSTenancy", "LMSKit", "LMSPostgresDriver", "LMSEventLoop", "LMSOpenSSLDriver", "LMSCryptDriver",
                "LMSRedisDriver",
            ],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LMSTenancyTests",
            dependencies: ["LMSTenancy", "LMSTestSupport"],
            path: "Tests/TenancyTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LMSKitTests",
            dependencies: ["LMSKit", "LMSTenancy", "LMSTestSupport"],
            path: "Tests/LMSKitTests",
            exclude: ["SecondFactor/Vectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LMSHTTPTests",
            dependencies: ["LMSHTTP", "LMSEventLoop", "LMSOpenSSLDriver", "LMSTestSupport"],
            path: "Tests/HTTPTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LMSDriverTests",
            dependencies: [
                "LMSEventLoop", "LMSPostgresDriver", "LMSOpenSSLDriver", "LMSCryptDriver", "LMSZlibDriver",
                "LMSArchiveDriver", "LMSBlobDriver", "LMSClamdDriver", "LMSCurlDriver", "LMSMagicDriver",
                "LMSMailDriver", "LMSMediaDriver", "LMSPaperDriver", "LMSPatternDriver", "LMSQRCodeDriver",
                "LMSRedisDriver",
                "LMSTestSupport", "LMSKit", "LMSTenancy",
                "LMSHTTP",
            ],
            path: "Tests/DriverTests",
            exclude: ["OpenSSL/Vectors", "Curl/mail_server.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LMSHostTests",
            dependencies: [
                "LMSHost", "LMSHTTP", "LMSKit", "LMSTenancy", "LMSEventLoop", "LMSTestSupport", "LMSBlobDriver",
                "LMSClamdDriver", "LMSMediaDriver", "LMSZlibDriver", "LMSOpenSSLDriver", "LMSCurlDriver",
                "LMSRedisDriver",
            ],
            path: "Tests/HostTests",
            exclude: ["Access/access-matrix.txt"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
