// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A medium; its authors see what became of making it too.
struct MediaBody: ResponseBody {
    let listing: MediaListing
    let language: Language

    init(_ listing: MediaListing, in language: Language) {
        self.listing = listing
        self.language = language
    }

    static var example: MediaBody { MediaBody(.example(isFull: true), in: .english) }
    static var variations: [MediaBody] {
        [MediaBody(.example(isFull: false), in: .english), MediaBody(.soundAlone, in: .english)]
    }

    var etag: ETag { ETag(version: listing.item.version, of: listing.item.id, showing: self) }

    func write(to json: inout JSONWriter) {
        let item = listing.item
        json.object { object in
            object.field("id", item.id)
            object.field("lessonId", item.lesson)
            object.field("courseId", item.course)
            object.field("title", item.title)
            object.field("kind", item.facts.map { $0.videoCodec == nil ? "audio" : "video" })
            object.field("durationSeconds", item.facts.map { Double($0.durationMilliseconds) / 1_000 })
            object.field("width", item.facts?.width)
            object.field("height", item.facts?.height)
            object.field("completionPercentage", item.completionPercentage)
            object.field("isPlayable", listing.isPlayable)
            object.field("renditions", listing.files.filter { $0.kind == .rendition }.map(MediaFileBody.init))
            object.field("thumbnails", listing.files.filter { $0.kind == .thumbnail }.map(MediaFileBody.init))
            object.field("captions", listing.files.filter { $0.kind == .captions }.map(MediaFileBody.init))
            object.field("version", item.version)
            object.field("createdAt", item.createdAt)
            object.field("updatedAt", item.updatedAt)
            if listing.isForAuthors {
                object.field("status", item.status.rawValue)
                object.field("failure", item.failure?.rawValue)
                object.field("advice", item.failure?.advice.text(in: language))
                object.field("fileId", item.file)
                object.field("videoCodec", item.facts?.videoCodec)
                object.field("audioCodec", item.facts?.audioCodec)
                object.field("byteCount", item.facts?.byteCount)
                object.field("readyAt", item.readyAt)
            }
        }
    }
}

/// A file of a medium.
struct MediaFileBody: ResponseBody {
    let file: MediaFile

    init(_ file: MediaFile) {
        self.file = file
    }

    static var example: MediaFileBody { MediaFileBody(MediaListing.example(isFull: true).files[0]) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", file.id)
            object.field("byteCount", file.byteCount)
            switch file.content {
            case .rendition(let rendition, let codecs, let index):
                object.field("width", rendition.size?.width)
                object.field("height", rendition.size?.height)
                object.field("bandwidth", index.peakBandwidth)
                object.field("codecs", codecs)
            case .thumbnail(let width, let height):
                object.field("width", width)
                object.field("height", height)
            case .captions(let language, let label):
                object.field("language", language)
                object.field("label", label)
            }
        }
    }
}

/// The media of a lesson.
struct MediaListBody: ResponseBody {
    let items: [MediaBody]

    static var example: MediaListBody { MediaListBody(items: [.example]) }
    static var variations: [MediaListBody] { [MediaListBody(items: MediaBody.variations)] }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", items) }
    }
}

/// What a player needs to play a medium.
struct PlaybackBody: ResponseBody {
    let medium: MediaItem.ID
    let token: String
    let expiresAt: Date
    let files: [MediaFile]
    let watch: MediaWatch

    static var example: PlaybackBody {
        let listing = MediaListing.example(isFull: true)
        return PlaybackBody(
            medium: listing.item.id,
            token: "AZNx3gqUdQ6…",
            expiresAt: .exampleTime,
            files: listing.files,
            watch: .example
        )
    }

    static var variations: [PlaybackBody] {
        let full = example
        return [
            PlaybackBody(
                medium: full.medium,
                token: full.token,
                expiresAt: full.expiresAt,
                files: [],
                watch: full.watch
            )
        ]
    }

    private func address(_ path: String) -> String { "/api/v1/media/\(medium)/\(path)?token=\(token)" }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("token", token)
            object.field("expiresAt", expiresAt)
            object.field("playlistUrl", address("playlist"))
            object.field(
                "thumbnailUrl",
                files.first { $0.kind == .thumbnail }.map { address("files/\($0.id)") }
            )
            object.field("positionSeconds", watch.position)
            object.field("isCompleted", watch.completedAt != nil)
        }
    }
}

/// What somebody watched of a medium.
struct MediaWatchBody: ResponseBody {
    let watch: MediaWatch

    init(_ watch: MediaWatch) {
        self.watch = watch
    }

    static var example: MediaWatchBody { MediaWatchBody(.example) }
    static var variations: [MediaWatchBody] {
        [MediaWatchBody(MediaWatch(position: 0, watchedSeconds: 0, durationSeconds: 600, completedAt: nil))]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("positionSeconds", watch.position)
            object.field("watchedSeconds", watch.watchedSeconds)
            object.field("durationSeconds", watch.durationSeconds)
            object.field("percentage", Double(watch.watchedSeconds * 10_000 / max(1, watch.durationSeconds)) / 100)
            object.field("completedAt", watch.completedAt)
        }
    }
}

/// What is kept of what somebody watched of a medium.
struct WatchedMediumBody: JSONWritable {
    let watched: WatchedMedium

    init(_ watched: WatchedMedium) {
        self.watched = watched
    }

    static var examples: [WatchedMediumBody] {
        [Date.exampleTime, nil].map { completedAt in
            WatchedMediumBody(
                WatchedMedium(
                    medium: .example,
                    title: "Introduction",
                    position: 570,
                    watched: [0..<60],
                    completedAt: completedAt,
                    updatedAt: .exampleTime
                )
            )
        }
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("mediaId", watched.medium)
            object.field("title", watched.title)
            object.field("positionSeconds", watched.position)
            object.field("watchedSeconds", watched.watched.map { [$0.lowerBound, $0.upperBound] })
            object.field("completedAt", watched.completedAt)
            object.field("updatedAt", watched.updatedAt)
        }
    }
}

extension MediaWatch {
    fileprivate static var example: MediaWatch {
        MediaWatch(position: 570, watchedSeconds: 560, durationSeconds: 600, completedAt: .exampleTime)
    }
}

extension MediaListing {
    /// A recording, as learners see it.
    fileprivate static var soundAlone: MediaListing {
        let full = example(isFull: true)
        let files = full.files.prefix(1).map { file in
            guard case .rendition(_, _, let index) = file.content else { return file }
            let content = MediaFile.Content.rendition(MediaRendition(size: nil), codecs: "mp4a.40.2", index: index)
            return MediaFile(id: file.id, content: content, byteCount: file.byteCount)
        }
        return MediaListing(item: full.item, files: files, isForAuthors: false)
    }

    fileprivate static func example(isFull: Bool) -> MediaListing {
        let item = MediaItem(
            id: .example,
            lesson: .example,
            course: .example,
            file: isFull ? .example : nil,
            title: "Introduction",
            completionPercentage: isFull ? 90 : nil,
            status: isFull ? .ready : .failed,
            failure: isFull ? nil : .unsupported,
            generation: 1,
            facts: isFull
                ? MediaFacts(
                    durationMilliseconds: 600_000,
                    width: 1_280,
                    height: 720,
                    videoCodec: "h264",
                    audioCodec: "aac",
                    byteCount: 48_000_000
                ) : nil,
            version: 3,
            createdAt: .exampleTime,
            updatedAt: .exampleTime,
            readyAt: isFull ? .exampleTime : nil
        )
        guard isFull, let index = MediaIndex(head: 1_347, segments: [.init(byteCount: 450_000, milliseconds: 6_000)])
        else { return MediaListing(item: item, files: [], isForAuthors: true) }
        let rendition = MediaRendition(size: .init(width: 640, height: 360))
        let files = [
            MediaFile(
                id: .example,
                content: .rendition(rendition, codecs: "avc1.4d4028,mp4a.40.2", index: index),
                byteCount: index.byteCount
            ),
            MediaFile(id: .example, content: .thumbnail(width: 640, height: 360), byteCount: 24_000),
            MediaFile(id: .example, content: .captions(language: "en", label: "English"), byteCount: 9_000),
        ]
        return MediaListing(item: item, files: files, isForAuthors: true)
    }
}

extension MediaItem.Failure {
    /// What its author can do.
    fileprivate var advice: LocalizedText {
        switch self {
        case .unsupported:
            LocalizedText(
                en:
                    "Export it as MP4, WebM, MP3, Ogg, WAV or FLAC, and upload that: by its content the file is none of them.",
                es:
                    "Expórtelo como MP4, WebM, MP3, Ogg, WAV o FLAC y súbalo: por su contenido el archivo no es ninguno de ellos.",
                ar: "صدّره بصيغة MP4 أو WebM أو MP3 أو Ogg أو WAV أو FLAC ثم ارفعه: محتوى الملف ليس أياً منها."
            )
        case .damaged:
            LocalizedText(
                en: "The file cannot be read to its end: export and upload it again.",
                es: "El archivo no puede leerse hasta el final: expórtelo y súbalo de nuevo.",
                ar: "لا يمكن قراءة الملف حتى نهايته: صدّره وارفعه من جديد."
            )
        case .empty:
            LocalizedText(
                en: "The file has neither pictures nor sound: upload another one.",
                es: "El archivo no tiene imágenes ni sonido: suba otro.",
                ar: "لا صورة في الملف ولا صوت: ارفع ملفاً آخر."
            )
        case .tooLong:
            LocalizedText(
                en: "It plays for more than 6 hours: cut it into parts.",
                es: "Dura más de 6 horas: divídalo en partes.",
                ar: "مدته أكثر من 6 ساعات: قسّمه إلى أجزاء."
            )
        case .tooLarge:
            LocalizedText(
                en:
                    "It takes more room or memory than is given: export it with at most 8192 pixels on a side and 16 GiB.",
                es:
                    "Necesita más espacio o memoria de lo permitido: expórtelo con 8192 píxeles por lado y 16 GiB como máximo.",
                ar: "يحتاج إلى مساحة أو ذاكرة أكثر من المسموح: صدّره بما لا يتجاوز 8192 بكسل لكل ضلع و16 غيبيبايت."
            )
        case .sourceMissing:
            LocalizedText(
                en: "Its file is gone: upload it again and choose it.",
                es: "Su archivo ya no existe: súbalo de nuevo y elíjalo.",
                ar: "ملفه لم يعد موجوداً: ارفعه من جديد واختره."
            )
        case .timedOut:
            LocalizedText(
                en: "It took too long, twice: export it with a lower resolution or frame rate.",
                es: "Tardó demasiado, dos veces: expórtelo con menos resolución o fotogramas por segundo.",
                ar: "استغرق وقتاً طويلاً مرتين: صدّره بدقة أو بمعدل إطارات أقل."
            )
        case .interrupted:
            LocalizedText(
                en: "It was interrupted more than once: try again later.",
                es: "Se interrumpió más de una vez: inténtelo más tarde.",
                ar: "انقطع العمل عليه أكثر من مرة: أعد المحاولة لاحقاً."
            )
        case .room:
            LocalizedText(
                en:
                    "There is no room for what is made of it: delete files that are not needed or ask the operator for more, and have it made again.",
                es:
                    "No hay espacio para lo que se prepara de él: elimine archivos innecesarios o pida más al operador, y vuelva a prepararlo.",
                ar: "لا توجد مساحة لما يُجهَّز منه: احذف الملفات غير اللازمة أو اطلب المزيد من المشغّل، ثم أعد تجهيزه."
            )
        }
    }
}
