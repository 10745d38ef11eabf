package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.testkit.MovableClock;
import dev.lms.session.testkit.RecordedExchange;
import dev.lms.session.testkit.SignedIn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShopTest {
  private final KeyRing keys = KeyRing.of("a secret for tests, 32 characters or more");
  private final MovableClock clock = new MovableClock(Instant.now());
  private final Sessions sessions =
      Sessions.builder(MemorySessionStore.open(keys), keys).clock(clock).build();
  private final SessionFilter filter = new SessionFilter(sessions);
  private final Offers offers = new Offers(PageCache.of(new LocalPageStore(1 << 20)));

  @Test
  void aCartIsKept() throws Exception {
    var added = RecordedExchange.post("/cart", "name=tea").through(new Cart(), filter);
    assertEquals(303, added.status());
    var cart = RecordedExchange.get("/cart").with("Cookie", added.cookie().orElseThrow()).through(new Cart(), filter);
    assertTrue(cart.body().contains("1 x tea"), cart.body());
  }

  @Test
  void whoeverIsRememberedStaysForAMonth() throws Exception {
    String forADay = signIn("name=ann&password=secret");
    String forAMonth = signIn("name=bob&password=secret&remember=on");
    clock.move(Duration.ofDays(29));
    assertEquals(Optional.empty(), sessions.open(List.of(forADay)).principal());
    assertEquals(Optional.of("bob"), sessions.open(List.of(forAMonth)).principal().map(Principal::id));
  }

  private String signIn(String form) throws Exception {
    return RecordedExchange.post("/sign-in", form).through(new SignIn(), filter).cookie().orElseThrow();
  }

  @Test
  void membersShareAPageThatKnowsTheirNames() throws Exception {
    var ann = offers(SignedIn.cookie(sessions, "ann", "member"));
    var bob = offers(SignedIn.cookie(sessions, "bob", "member"));
    assertTrue(ann.body().contains("Hello ann"), ann.body());
    assertTrue(bob.body().contains("Hello bob"), bob.body());
    assertEquals(Optional.of("lms; fwd=miss; stored; detail=role"), ann.header("Cache-Status"));
    assertTrue(bob.header("Cache-Status").orElseThrow().startsWith("lms; hit"));
    assertFalse(offers("none=").body().contains("Tea"));
  }

  @Test
  void anEditIsSeenAtOnce() throws Exception {
    String ann = SignedIn.cookie(sessions, "ann", "member");
    String eve = SignedIn.cookie(sessions, "eve", "editor");
    assertTrue(offers(ann).body().contains("Tea at half price"));
    String token = sessions.open(List.of(eve)).csrfToken().orElseThrow();
    var edited = RecordedExchange.post("/edit", "offer=Free+cake&token=" + token)
        .with("Cookie", eve).through(offers::edit, filter);
    assertEquals(303, edited.status());
    assertTrue(offers(ann).body().contains("Free cake"));
  }

  private RecordedExchange offers(String cookie) throws Exception {
    return RecordedExchange.get("/offers").with("Cookie", cookie).through(offers, filter, offers.filter());
  }
}
