// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
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
 * <p>The session keeps these options, protected by a MAC or a seal, until the next sign-in; a new
 * id does not change them.
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

  /** {@return options for an unknown device and for as long as the site's settings say} */
  public static SignInOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return options for "remember me": the sign-in lasts for a fixed time, used or not, and its
   * cookie outlives the browser}
   *
   * @param lasts how long the sign-in lasts
   * @throws IllegalArgumentException as {@link Lifetimes#of}
   */
  public static SignInOptions rememberedFor(Duration lasts) {
    return DEFAULTS.withLifetimes(Lifetimes.of(lasts, lasts)).withPermanentCookie(true);
  }

  /**
   * {@return these options with a device, which {@link Sessions#list} shows}
   *
   * @param other what the person signs in with
   */
  public SignInOptions withDevice(Device other) {
    return new SignInOptions(other, lifetimes, permanentCookie);
  }

  /**
   * {@return these options with lifetimes of their own, instead of those in the site's settings}
   *
   * @param other how long this sign-in lasts
   */
  public SignInOptions withLifetimes(Lifetimes other) {
    return new SignInOptions(device, Optional.of(other), permanentCookie);
  }

  /**
   * {@return these options with a cookie that outlives the browser or not, whatever the site's
   * settings say}
   *
   * @param permanent whether it does
   */
  public SignInOptions withPermanentCookie(boolean permanent) {
    return new SignInOptions(device, lifetimes, Optional.of(permanent));
  }

  /** {@return what the person signs in with} */
  public Device device() {
    return device;
  }

  /** {@return how long this sign-in lasts; empty for as long as the site's settings say} */
  public Optional<Lifetimes> lifetimes() {
    return lifetimes;
  }

  /** {@return whether the cookie outlives the browser; empty for what the site's settings say} */
  public Optional<Boolean> permanentCookie() {
    return permanentCookie;
  }

  @Override
  public String toString() {
    return "SignInOptions[device=%s, lifetimes=%s, permanentCookie=%s]"
        .formatted(device, lifetimes, permanentCookie);
  }
}
