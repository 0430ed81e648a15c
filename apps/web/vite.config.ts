/** How the web application is built: hashed assets and no inline script or style, as the server's CSP demands. */
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";

const apiServer = "http://127.0.0.1:8421";

const config: UserConfig = {
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2023",
    // A data: address would need a hole in the CSP.
    assetsInlineLimit: 0,
    // Nor is the polyfill inline: browsers of the target preload modules by themselves.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/api": apiServer, "/docs": apiServer },
  },
};

export default config;
