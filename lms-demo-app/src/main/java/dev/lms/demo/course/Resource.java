package dev.lms.demo.course;

/**
 * A page of a course.
 *
 * @param id part of its address
 * @param course the code of its course
 * @param position counted from 1 within the course
 * @param body plain text; blank lines part its paragraphs
 */
record Resource(String id, String course, int position, String title, String body) {}
