// A small application with the public pages only, for route tests: nobody is signed in unless the test says who.
import express, { type Express, type RequestHandler } from 'express';
import { pathwayRoutes } from '../../src/frameworks/pathway.routes.js';
import { loadAssets } from '../../src/http/assets.js';
import { errorHandler, notFound } from '../../src/http/error-handler.js';
import { defaultPolicy } from '../../src/http/security.js';
import { configureViews } from '../../src/http/views.js';
import { frameworkPublicRoutes } from '../../src/library/framework-public.routes.js';
import { libraryRoutes } from '../../src/library/library.routes.js';
import { createLogger } from '../../src/logger.js';

export const URL = 'https://crosswalk.example';

/** `offer` stands for the guard that finds a launch. */
export function publicApp(options: { offer?: RequestHandler } = {}): Express {
  const guards = { offerLaunch: () => options.offer ?? ((_req, _res, next) => next()) };
  const deps = { config: { url: URL }, guards };
  const assets = loadAssets();
  const app = express();
  app.set('query parser', 'simple');
  configureViews(app, { assets, url: URL, production: false });
  app.use(
    assets.routes,
    defaultPolicy,
    pathwayRoutes(deps),
    frameworkPublicRoutes(deps),
    libraryRoutes(deps),
  );
  app.use(notFound, errorHandler({ log: createLogger({ level: 'silent' }) }));
  return app;
}
