// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

/**
 * How far a write of the {@linkplain FileSessionStore file store} has got when it is acknowledged.
 * Every level survives the death of every process, SIGKILL included, at any moment; they differ in
 * what the death of the machine (a power cut, a crash of its kernel) can take away.
 *
 * <table>
 *   <caption>What is still there after the machine has died</caption>
 *   <tr><th></th><th>{@link #NONE}</th><th>{@link #DATA}</th><th>{@link #FULL}</th></tr>
 *   <tr><td>acknowledged changes of a session</td><td>those the system had written by
 *       itself</td><td>all</td><td>all</td></tr>
 *   <tr><td>sessions that had just begun</td><td>perhaps</td><td>as far as the file system keeps
 *       the name of a synced file</td><td>all</td></tr>
 *   <tr><td>the end of sessions that had just ended</td><td>perhaps: one may come back</td>
 *       <td>perhaps: one may come back</td><td>all</td></tr>
 * </table>
 */
public enum Durability {
  /** Nothing is synced; the operating system writes when it chooses to. The default. */
  NONE,

  /** The written slot is synced ({@code fdatasync}) before the write is acknowledged. */
  DATA,

  /**
   * File and folder are synced ({@code fsync}) before a write, a beginning or an end is
   * acknowledged.
   */
  FULL
}
