-- What happened to an issue is never changed. A note is encrypted anew when the suite changes, by the worker alone.
grant update (note_encrypted) on feedback.issue_trail to feedback_worker;
