// Every word that a page says of itself. words/ holds the texts by page.
import { actions } from './words/actions.ts';
import { card, delta, reason, status, together } from './words/card.ts';
import { decide } from './words/decide.ts';
import { gateways } from './words/gateways.ts';
import { insight } from './words/insight.ts';
import { decided, demo, list, risk, view } from './words/list.ts';
import { notifications } from './words/notifications.ts';
import { plural } from './words/plural.ts';
import { review } from './words/review.ts';
import { settings } from './words/settings.ts';
import { failure, footer, keysSheet, nav, page, stop } from './words/shell.ts';
import { signIn } from './words/sign-in.ts';
import { typeOf, types } from './words/types.ts';

export const words = {
  product: 'Proviso',
  plural,
  types,
  typeOf,
  failure,
  nav,
  footer,
  list,
  risk,
  decided,
  status,
  reason,
  card,
  view,
  demo,
  together,
  delta,
  decide,
  stop,
  keysSheet,
  actions,
  review,
  insight,
  notifications,
  settings,
  gateways,
  signIn,
  page,
} as const;
