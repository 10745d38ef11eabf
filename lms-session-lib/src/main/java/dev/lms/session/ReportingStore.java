package dev.lms.session;

/**
 * A {@link SessionStore} that notices what nobody else can, and that wants to hear of an outage.
 * {@link Sessions} finds it by a type test, once.
 */
public interface ReportingStore {
  /**
   * Names who is told of what only the store can notice: {@linkplain SessionListener#unreadable
   * unreadable} sessions, and those that {@linkplain SessionListener#ended ended} for a {@linkplain
   * EndReason#LIMIT limit}. Called once, before the store is used.
   */
  void reportTo(SessionListener listener);

  /**
   * Says that so many calls got no answer in time that this store is not asked for a moment. Calls
   * that wait in it for their turn, rather than for an answer, may fail now. It must not wait for
   * anything.
   */
  default void outageBegan() {}
}
