package dev.lms.session;

import java.time.Instant;

/**
 * One of a person's sessions, as a list shows it. Nothing in it is a credential. Immutable.
 *
 * @param handle its name, for {@link Sessions#revoke}; the one that {@link Session#handle()} tells
 * @param device what the person signed in with
 * @param created when the session began, perhaps before the sign-in
 * @param signedIn when the person last proved who they are
 * @param lastSeen when it was last used, to within a minute; in the last sliding lifetime before
 *     its absolute deadline, when that stretch began
 * @param expires when it ends unless it is used again
 */
public record SessionInfo(
    String handle,
    Device device,
    Instant created,
    Instant signedIn,
    Instant lastSeen,
    Instant expires) {}
