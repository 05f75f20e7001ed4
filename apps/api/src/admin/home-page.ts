import { htmlPage } from '../html-page.ts';

/** The operator's page at /admin. The board's menu links here too. */
export const homePage = (): string =>
  htmlPage(
    'operators',
    `  <h1>Operators</h1>
  <p><a href="/admin/queues">Bull Board</a> shows the queue.</p>
  <h2 id="failed">Why is FAILED empty although actions failed?</h2>
  <p>A job only wakes a worker for an action that is due. The job is done once the action ran, whether the action completed or
    failed. FAILED shows wake-ups that no worker could handle, for example while the database was unavailable.</p>
  <p>The actions that failed are at <code>GET /v1/actions?status=failed</code>, which shows each workspace its own:
    <a href="/docs/#/Actions/listActions">how to list them</a>. The reason is in <code>error</code>. The worker
    logs each failure in a line.</p>
  <h2>Leave</h2>
  <p>The session ends after half an hour without a request, after eight hours, or when its key is revoked.</p>
  <form method="post" action="/admin/sign-out"><button>Sign out</button></form>`,
  );
