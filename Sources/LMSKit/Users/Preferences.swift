// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// How somebody wants the platform to be; what they did not choose is up to the client.
public struct Preferences: Sendable, Hashable {
    /// The colors: `light`, `dark` or as the device has it.
    public var theme: Theme?
    /// Whether things may move.
    public var reducedMotion: Bool?
    /// Whether videos show captions.
    public var captions: Bool?
    /// How fast videos play, in hundredths: 25 through 400.
    public var playbackPercent: Int?
    /// Whether mail sums up the week.
    public var weeklyDigest: Bool?

    /// The colors of the pages.
    public enum Theme: String, Sendable, CaseIterable {
        /// As the device has it.
        case system
        /// Dark on light.
        case light
        /// Light on dark.
        case dark
    }

    /// No wishes.
    public init() {}
}

extension Preferences {
    /// Reads stored preferences; what this version does not know is left out.
    ///
    /// - Parameter json: The stored object.
    init(json: JSONValue) {
        theme = json["theme"]?.text.flatMap(Theme.init(rawValue:))
        reducedMotion = json["reducedMotion"]?.flag
        captions = json["captions"]?.flag
        playbackPercent = json["playbackPercent"]?.integer
        weeklyDigest = json["weeklyDigest"]?.flag
    }

    /// The object as it is stored.
    var stored: JSONText {
        var json = JSONWriter()
        json.value(self)
        return JSONText(json.bytes)
    }
}

extension Preferences: JSONWritable {
    /// Writes an object of what was chosen.
    ///
    /// - Parameter json: Takes the object.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            if let theme { object.field("theme", theme.rawValue) }
            if let reducedMotion { object.field("reducedMotion", reducedMotion) }
            if let captions { object.field("captions", captions) }
            if let playbackPercent { object.field("playbackPercent", playbackPercent) }
            if let weeklyDigest { object.field("weeklyDigest", weeklyDigest) }
        }
    }
}

extension Preferences: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .json }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { stored.databaseValue }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        do {
            self.init(json: try JSONValue.parse(try JSONText(column: column).bytes))
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw column.undecodable(as: "a JSON object")
        }
    }
}
