/** A store that seals each session into its cookie, and the list of those that were signed out. */
package dev.lms.session.cookie;
