package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import java.time.Instant;

/**
 * How an answer came about, as far as the {@link PageRule.Profile#RFC9111} profile judges by it.
 *
 * @param request the header fields of the request
 * @param askedAt when its render started
 * @param cameAt when the handler had answered
 */
public record Received(Fields request, Instant askedAt, Instant cameAt) {}
