// Functions with a variable number of arguments are not imported: one of fixed types for each kind of option.
#include <curl/curl.h>

static inline CURLcode clms_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clms_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clms_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clms_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clms_curl_set_transfer(
    CURL *handle, CURLoption option, size_t (*function)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode clms_curl_set_open_socket(
    CURL *handle, curl_socket_t (*function)(void *, curlsocktype, struct curl_sockaddr *)) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}

static inline CURLcode clms_curl_get_number(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode clms_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode clms_curl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// Without functions the two stop being called.
static inline CURLMcode clms_curl_multi_watch(
    CURLM *multi,
    int (*socket)(CURL *, curl_socket_t, int, void *, void *),
    int (*timer)(CURLM *, long, void *),
    void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

// The next transfer that is over, or NULL.
static inline CURL *clms_curl_multi_next_done(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// Whether libcurl was built to read the authorities from one file.
static inline int clms_curl_has_authorities_file(CURL *handle) {
    char *file = NULL;
    return curl_easy_getinfo(handle, CURLINFO_CAINFO, &file) == CURLE_OK && file && *file;
}

// The part of an address in libcurl's own reading, to be freed with curl_free; NULL without.
static inline char *clms_curl_url_part(const char *text, CURLUPart part) {
    CURLU *url = curl_url();
    char *value = NULL;
    if (url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
        if (curl_url_get(url, part, &value, CURLU_DEFAULT_PORT) != CURLUE_OK) value = NULL;
    curl_url_cleanup(url);
    return value;
}
