package dev.lms.session;

import java.time.Duration;
import java.util.Optional;

/**
 * How a person signs in: from which device, and for how long. Immutable.
 *
 * <pre>{@code
 * session.signIn(person, SignInOptions.rememberedFor(Duration.ofDays(30)).withDevice(device));
 * }</pre>
 *
 * <p>What it says is kept with the session, out of reach of whoever can write to the store, until
 * the next sign-in; new ids do not change it.
 */
public final class SignInOptions {
  private static final SignInOptions DEFAULTS =
      new SignInOptions(Device.UNKNOWN, Optional.empty(), Optional.empty());

  private final Device device;
  private final Optional<Lifetimes> lifetimes;
  private final Optional<Boolean> permanentCookie;

  private SignInOptions(
      Device device, Optional<Lifetimes> lifetimes, Optional<Boolean> permanentCookie) {
    this.device = device;
    this.lifetimes = lifetimes;
    this.permanentCookie = permanentCookie;
  }

  /** From an unknown device, for as long as the settings of the site say. */
  public static SignInOptions defaults() {
    return DEFAULTS;
  }

  /**
   * "Remember me": for so long, used or not, and with a cookie that outlives the browser.
   *
   * @throws IllegalArgumentException as {@link Lifetimes#of}
   */
  public static SignInOptions rememberedFor(Duration lasts) {
    return DEFAULTS.withLifetimes(Lifetimes.of(lasts, lasts)).withPermanentCookie(true);
  }

  /** With what the person signs in with, for {@link Sessions#list}. */
  public SignInOptions withDevice(Device other) {
    return new SignInOptions(other, lifetimes, permanentCookie);
  }

  /** With lifetimes of its own, instead of those in the settings of the site. */
  public SignInOptions withLifetimes(Lifetimes other) {
    return new SignInOptions(device, Optional.of(other), permanentCookie);
  }

  /** Says whether the cookie is kept when the browser closes, whatever the settings say. */
  public SignInOptions withPermanentCookie(boolean permanent) {
    return new SignInOptions(device, lifetimes, Optional.of(permanent));
  }

  /** What the person signs in with. */
  public Device device() {
    return device;
  }

  /** How long this sign-in lasts; empty for as long as the settings say. */
  public Optional<Lifetimes> lifetimes() {
    return lifetimes;
  }

  /** Whether the cookie outlives the browser; empty for what the settings say. */
  public Optional<Boolean> permanentCookie() {
    return permanentCookie;
  }

  @Override
  public String toString() {
    return "SignInOptions[device=%s, lifetimes=%s, permanentCookie=%s]"
        .formatted(device, lifetimes, permanentCookie);
  }
}
