/** Accounts, passwords, signing in and out. */
@NullMarked
package dev.lms.demo.account;

import org.jspecify.annotations.NullMarked;
