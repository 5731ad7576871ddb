// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "embedding",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "lms", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "ForeignServer",
            dependencies: [
                .product(name: "LMSKit", package: "lms"),
                .product(name: "LMSPostgresDriver", package: "lms"),
                .product(name: "LMSTenancy", package: "lms"),
            ],
            path: "ForeignServer",
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "InMemory",
            dependencies: [
                .product(name: "LMSKit", package: "lms"),
                .product(name: "LMSTenancy", package: "lms"),
            ],
            path: "InMemory",
            exclude: ["no-c-libraries"],
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
    ]
)
